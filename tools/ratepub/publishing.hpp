#pragma once
// One run of ratepub: connects, publishes on schedule, shows progress, waits for what is unconfirmed, tells the
// totals.

#include "options.hpp"

#include <atomic>

namespace ratepub {

// Both return true when everything that was published is where it should be; `stop` ends them early. Throw
// base::StartupError when there is no broker to publish to.
bool publish_to_kafka(const Options&, const std::atomic<bool>& stop);
bool publish_to_stdout(const Options&, const std::atomic<bool>& stop);

}  // namespace ratepub
