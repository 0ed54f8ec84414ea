#pragma once
// Recording a topic: waits until it can be read, writes what comes, shows progress, tells the totals.

#include "options.hpp"

#include <atomic>

namespace ratepub {

// Returns true when all that was asked for was recorded; `stop` ends it early. Throws base::StartupError when the
// file cannot be made, or there is no broker or topic to read from.
bool record(const Options&, const std::atomic<bool>& stop);

}  // namespace ratepub
