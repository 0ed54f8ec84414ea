#pragma once
// What the service manager hears (sd_notify(3)). Without one every call does nothing.

#include <chrono>
#include <optional>
#include <string>

namespace wsfanout {

void notify(const std::string& state);  // "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=..."

// How often the manager wants a sign of life; std::nullopt: not at all.
std::optional<std::chrono::microseconds> watchdog_interval();

}  // namespace wsfanout
