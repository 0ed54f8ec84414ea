#include "protocol/fx_rates.hpp"
#include "protocol/json_text.hpp"
#include "protocol/trading.hpp"

namespace wsf::protocol {

std::string to_text(std::string_view topic, const base::Position& position) {
  return std::string(topic) + ':' + to_text(position);
}

// No name of a topic holds a colon, or a comma.
std::optional<TopicPosition> parse_topic_position(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == text.npos || colon == 0) return std::nullopt;
  const auto position = parse_position(text.substr(colon + 1));
  if (!position) return std::nullopt;
  return TopicPosition{std::string(text.substr(0, colon)), *position};
}

std::optional<std::vector<TopicPosition>> parse_since(std::string_view list) {
  std::vector<TopicPosition> positions;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    const auto one = parse_topic_position(list.substr(0, comma));
    if (!one || positions.size() == kMaxSince) return std::nullopt;
    positions.push_back(*one);
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return positions;
}

// Before the brace that ends the object; a type stands in it, so it is not empty.
void append_positioned(std::string& out, std::string_view text, std::string_view topic,
                       const base::Position& position) {
  out += text.substr(0, text.rfind('}'));
  out += R"(,"position":)";
  append_quoted(out, to_text(topic, position));
  out += '}';
}

}  // namespace wsf::protocol
