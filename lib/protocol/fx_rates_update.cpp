#include "protocol/fx_rates.hpp"

#include <charconv>
#include <limits>

namespace wsf::protocol {
namespace {

template <class Integer>
void append_number(std::string& out, Integer value) {
  std::array<char, std::numeric_limits<Integer>::digits10 + 2> text;  // a sign and the digit that digits10 leaves out
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

void append_text(std::string& out, const base::Position& position) {
  if (position.epoch > 0) {
    append_number(out, position.epoch);
    out += '.';
  }
  append_number(out, position.partition);
  out += '-';
  append_number(out, position.offset);
}

void append_position(std::string& out, const base::Position& position) {
  out += '"';
  append_text(out, position);
  out += '"';
}

// Takes a number without sign, and the separator behind it if there is one to be.
template <class Integer>
bool take_number(std::string_view& text, Integer& number, char separator) {
  if (text.empty() || text.front() == '-') return false;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (separator == 0) return text.empty();
  if (!text.starts_with(separator)) return false;
  text.remove_prefix(1);
  return true;
}

void append_meta(std::string& out, const Meta& meta) {
  out += R"(,"meta":{"offset":)";
  append_position(out, meta.at);
  out += R"(,"prev":)";
  if (meta.prev) {
    append_position(out, *meta.prev);
  } else {
    out += "null";
  }
  out += R"(,"kafka":)";
  append_number(out, meta.kafka_ms);
  out += R"(,"sent":)";
  append_number(out, meta.sent_ms);
  out += R"(,"conflated":)";
  append_number(out, meta.conflated);
  out += '}';
}

}  // namespace

std::string to_text(const base::Position& position) {
  std::string text;
  append_text(text, position);
  return text;
}

std::optional<base::Position> parse_position(std::string_view text) {
  base::Position position;
  if (text.find('.') != text.npos && !take_number(text, position.epoch, '.')) return std::nullopt;
  if (!take_number(text, position.partition, '-') || !take_number(text, position.offset, 0)) return std::nullopt;
  return position;
}

void append_rate_update(std::string& out, std::string_view event, bool snapshot, const Meta* meta) {
  out += kRateUpdateOpening;
  out += event;
  if (snapshot) out += R"(,"snapshot":true)";
  if (meta != nullptr) append_meta(out, *meta);
  out += '}';
}

}  // namespace wsf::protocol
