#pragma once
// What a collector's answer means for the spans that were posted (OpenTelemetry Protocol 1.x, "OTLP/HTTP Response").
// Pure function.

#include "base/result.hpp"
#include "trace/http_post.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace wsf::trace {

struct ExportVerdict {
  enum class Fate {
    taken,    // but for `rejected` of them, which are not sent again
    refused,  // for good
    again,    // 429, 502, 503, 504, and where there was no answer
  } fate = Fate::taken;
  std::uint64_t rejected = 0;
  std::chrono::seconds not_before{0};  // from now; of `again`
  std::string why{};                   // for the log; empty: nothing is to be said
};

// The longest that a Retry-After is believed.
inline constexpr std::chrono::seconds kLongestRetryAfter{300};

ExportVerdict judge(const base::Result<HttpAnswer>& answer);

}  // namespace wsf::trace
