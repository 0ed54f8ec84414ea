// Event Hubs connection strings: a refusal never repeats the key, and what is taken names one broker.

#include "base/check.hpp"
#include "kafka/connection.hpp"

#include <cstdint>
#include <string>

using wsf::base::check;
using wsf::kafka::parse_event_hubs;

namespace {

constexpr std::string_view kKey = "kEy+c0nst4nt/secret=";

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto hub = parse_event_hubs(text)) {
    check(hub->broker.ends_with(":9093") && hub->broker.find(',') == hub->broker.npos, "one broker");
  }
  const auto with_key = parse_event_hubs(std::string(text) + ";SharedAccessKey=" + std::string(kKey));
  check(with_key || with_key.error().message.find(kKey) == std::string::npos, "an error keeps the secret");
  return 0;
}
