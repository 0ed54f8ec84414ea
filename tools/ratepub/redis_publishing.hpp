#pragma once
// One run of ratepub into Redis: connects, publishes on schedule, shows progress, waits for what is unanswered, tells
// the totals and how much of it nobody heard.

#include "options.hpp"

#include <atomic>

namespace ratepub {

// True when Redis has taken all that was published; `stop` ends it early. Throws base::StartupError when there is no
// Redis to publish to.
bool publish_to_redis(const Options& options, const std::atomic<bool>& stop);

}  // namespace ratepub
