#include "ws/forwarded.hpp"

#include "base/trimmed.hpp"

#include <strings.h>

#include <optional>
#include <string_view>
#include <vector>

namespace wsf::ws {
namespace {

enum class Quotes { plain, hide_marks };

std::vector<std::string_view> split(std::string_view text, char mark, Quotes quotes) {
  std::vector<std::string_view> out;
  bool quoted = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '"' && quotes == Quotes::hide_marks) quoted = !quoted;
    if (text[i] != mark || quoted) continue;
    out.push_back(text.substr(begin, i - begin));
    begin = i + 1;
  }
  out.push_back(text.substr(begin));
  return out;
}

// "for=192.0.2.60;proto=http" (RFC 7239 section 4)
std::string_view for_of(std::string_view element) {
  constexpr std::string_view kFor = "for=";
  for (const std::string_view pair : split(element, ';', Quotes::hide_marks)) {
    const std::string_view text = base::trimmed(pair);
    if (text.size() >= kFor.size() && strncasecmp(text.data(), kFor.data(), kFor.size()) == 0)
      return text.substr(kFor.size());
  }
  return {};
}

}  // namespace

IpAddress client_of(const IpAddress& peer, const HttpRequest& request, const IpRanges& trusted) {
  if (request.forwarded.empty() == request.forwarded_for.empty()) return peer;
  const bool standard = !request.forwarded.empty();
  const std::vector<std::string_view> hops =
      standard ? split(request.forwarded, ',', Quotes::hide_marks) : split(request.forwarded_for, ',', Quotes::plain);
  IpAddress known = peer;
  for (auto hop = hops.rbegin(); hop != hops.rend() && trusted.contain(known); ++hop) {
    const std::optional<IpAddress> before = parse_node(standard ? for_of(*hop) : *hop);
    if (!before) break;  // "unknown", or hidden
    known = *before;
  }
  return known;
}

}  // namespace wsf::ws
