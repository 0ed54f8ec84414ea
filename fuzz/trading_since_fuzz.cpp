// The list of `?since=`: what is taken has one text for each position, that text is read back, and it can stand in a
// message.

#include "base/check.hpp"
#include "protocol/trading.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>

using namespace wsf::protocol;
using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto positions = parse_since({reinterpret_cast<const char*>(data), size});
  if (!positions) return 0;
  check(positions->size() <= kMaxSince, "the list is bounded");
  std::string list;
  for (const TopicPosition& one : *positions) {
    check(!one.topic.empty() && one.topic.find(',') == one.topic.npos, "a topic is named, and is one");
    list += (list.empty() ? "" : ",") + to_text(one.topic, one.position);
    check(nlohmann::json::parse(trading_gap("a", one), nullptr, false).is_object(), "a gap after it can be told");
  }
  const auto again = parse_since(list);
  check(again && again->size() == positions->size(), "the list is read back");
  for (std::size_t i = 0; i < again->size(); ++i) {
    const TopicPosition &one = (*positions)[i], &other = (*again)[i];
    check(one.topic == other.topic && one.position == other.position, "a position is read back");
  }
  return 0;
}
