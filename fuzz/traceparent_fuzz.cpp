// traceparent: what is taken has ids, and its text of version 00 is read back as the same.

#include "base/check.hpp"
#include "trace/traceparent.hpp"

#include <cstdint>

using namespace wsf::trace;
using wsf::base::check;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto context = parse_traceparent({reinterpret_cast<const char*>(data), size});
  if (!context) return 0;
  check(context->trace != TraceId{} && context->span != SpanId{}, "no id is all zeros");
  check(parse_traceparent(to_text(*context)) == context, "a context is read back");
  return 0;
}
