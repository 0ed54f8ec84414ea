#pragma once
// One run of ratepub as a MarketDataService (market_data.proto): listens, sends quotes on schedule to the streams
// that want them, shows progress, waits until the streams have taken what is left, ends them, tells the totals.

#include "options.hpp"

#include <atomic>

namespace ratepub {

// True when the streams have taken all that they were owed; `stop` ends it early. Throws base::StartupError when it
// cannot listen.
bool serve_quotes(const Options& options, const std::atomic<bool>& stop);

}  // namespace ratepub
