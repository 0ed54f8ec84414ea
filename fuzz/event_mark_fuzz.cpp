// What wsload finds in messages by searching for bytes lies within the message, wherever the event before had its
// pair.

#include "base/check.hpp"
#include "load/event_mark.hpp"
#include "load/server_message.hpp"
#include "load/update_meta.hpp"

#include <cstdint>

using namespace wsf::load;
using wsf::base::check;

namespace {

bool lies_within(std::string_view part, std::string_view text) {
  return part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto mark = find_mark(text);
  if (mark) check(lies_within(mark->run, text), "the mark lies in the message");
  std::size_t place = data[0];
  const auto pair = find_value(text, R"("currencyPair":")", place);
  check(pair.empty() || lies_within(pair, text), "the pair lies in the message, from any place");
  if (const auto gap = find_gap(text)) check(lies_within(gap->pair, text), "the pair lies in the message");
  find_meta(text);
  type_of(text);
  recovery_of("EURUSD", text);
  return 0;
}
