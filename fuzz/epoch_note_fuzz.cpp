// The metadata of commits, ours or another tool's: never a negative epoch, and our own note is read back.

#include "base/check.hpp"
#include "kafka/epoch_note.hpp"

#include <cstdint>

using namespace wsf::kafka;
using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::int32_t epoch = epoch_in({reinterpret_cast<const char*>(data), size});
  check(epoch >= 0, "no epoch is negative");
  check(epoch_in(epoch_note(epoch)) == epoch, "an epoch is read back");
  return 0;
}
