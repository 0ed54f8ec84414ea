#pragma once
// Times as the wire has them.

#include <cstdint>
#include <string>

namespace wsf::base {

// RFC 3339 in UTC, with milliseconds: "2024-01-14T10:00:00.000Z". Pure; any thread.
std::string rfc3339(std::int64_t epoch_ms);

}  // namespace wsf::base
