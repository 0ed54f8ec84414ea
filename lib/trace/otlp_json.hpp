#pragma once
// Spans as OTLP/HTTP has them in JSON (OpenTelemetry Protocol 1.x, "JSON Protobuf Encoding"): ids in hex, 64-bit
// numbers as text, enums as numbers; and what a collector answers. Pure functions.

#include "trace/span.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace wsf::trace {

inline constexpr std::size_t kMaxTextBytes = 256;  // of an attribute; the rest is cut off

// Whose spans they are.
struct Resource {
  std::string service{};
  std::string version{};
  std::string instance{};  // of this process: a UUID
};

// The body of a post. What is not UTF-8 is replaced, and nothing is thrown.
std::string export_request(const Resource& resource, std::span<const Span> spans);

struct ExportAnswer {
  std::uint64_t rejected = 0;  // spans
  std::string message{};       // why, or a warning; maybe empty
};

// Of a collector that has taken the request. What is not legible counts as full success: it has said so by its
// status.
ExportAnswer parse_export_answer(std::string_view body);

}  // namespace wsf::trace
