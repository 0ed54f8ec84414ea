// wsload's thresholds: what is taken is kept as it was written and is read again as the same.

#include "base/check.hpp"
#include "load/expectation.hpp"

#include <cmath>
#include <cstdint>

using wsf::base::check;
using wsf::load::parse_expectation;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto expectation = parse_expectation({reinterpret_cast<const char*>(data), size});
  if (!expectation) {
    check(!expectation.error().message.empty(), "a refusal says why");
    return 0;
  }
  check(std::isfinite(expectation->value), "a threshold is a number");
  const auto again = parse_expectation(expectation->text);
  check(again && again->metric == expectation->metric && again->comparison == expectation->comparison &&
            again->value == expectation->value,
        "a threshold is read back");
  return 0;
}
