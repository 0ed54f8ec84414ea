// The server's /metrics as wsload reads it: the numbers of two families, or nothing.

#include "base/check.hpp"
#include "load/server_counters.hpp"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (wsf::load::parse_counters(text)) {
    wsf::base::check(text.find("\nwsfanout_sessions ") != text.npos, "what was read is there");
  }
  return 0;
}
