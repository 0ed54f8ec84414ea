// A line of a recording: what is taken is written and read again as the same.

#include "base/check.hpp"
#include "load/recorded_event.hpp"

#include <cstdint>
#include <string>

using wsf::base::check;
using wsf::load::parse_recorded;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto event = parse_recorded({reinterpret_cast<const char*>(data), size});
  if (!event) {
    check(!event.error().message.empty(), "a refusal says why");
    return 0;
  }
  wsf::kafka::Record record{.partition = event->partition, .timestamp_ms = event->timestamp_ms};
  record.has_key = event->key.has_value();
  if (event->key) record.key = *event->key;
  if (event->value) record.value = *event->value;
  std::string line;
  wsf::load::append_line(line, record);
  check(line.ends_with('\n') && line.find('\n') + 1 == line.size(), "it is one line");
  const auto again = parse_recorded(std::string_view(line).substr(0, line.size() - 1));
  check(again && again->timestamp_ms == event->timestamp_ms && again->partition == event->partition, "read back");
  check(again->key == event->key && again->value == event->value, "its bytes are exact");
  return 0;
}
