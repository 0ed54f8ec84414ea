#pragma once
// Times as the wire has them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::base {

// RFC 3339 in UTC, with milliseconds: "2024-01-14T10:00:00.000Z". Pure; any thread.
std::string rfc3339(std::int64_t epoch_ms);
// The same without milliseconds where there are none: "2025-10-27T10:30:00Z".
std::string rfc3339_brief(std::int64_t epoch_ms);

inline constexpr std::int64_t kMaxEpochMs = 253'402'300'799'999;  // the end of the year 9999

// Milliseconds since 1970 of such a time, with any offset and any number of decimals, which are cut; nullopt: it is
// none, or before 1970.
std::optional<std::int64_t> parse_rfc3339(std::string_view text);

}  // namespace wsf::base
