#pragma once
// A span as plain data: a named stretch of time within a trace (OpenTelemetry, trace API).

#include "trace/context.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wsf::trace {

// The numbers are those of OTLP.
enum class Kind : std::uint8_t { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };

struct Attribute {
  std::string_view name;  // of OpenTelemetry's semantic conventions where they have one; lives for ever
  std::variant<std::string, std::int64_t> value;
};

struct Span {
  Context context{};
  SpanId parent{};          // all zeros: the first of its trace
  std::string_view name{};  // lives for ever
  Kind kind = Kind::internal;
  std::int64_t start_ns = 0;  // Unix nanoseconds
  std::int64_t end_ns = 0;
  bool failed = false;
  std::vector<Attribute> attributes{};
};

}  // namespace wsf::trace
