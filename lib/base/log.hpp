#pragma once
// The process's one logger: spdlog's default logger, to stderr. Include <spdlog/spdlog.h> and log with spdlog::info()
// and its like; write facts as key=value in the text. Hot loops do not log.

#include <cstddef>
#include <string>
#include <vector>

namespace wsf::base {

// The names that --log-level takes: trace, debug, info, warn, error, off.
const std::vector<std::string>& log_levels();

// Sets up the default logger. Before any other thread logs: spdlog hands out the logger unguarded. (The level alone
// may change at any time, by spdlog::set_level.) One line for each message, times in UTC; control characters in a
// message are escaped, so that no input can forge a line.
//   text: 2026-01-31T10:30:00.123Z info  listening host=0.0.0.0 port=8082
//   json: {"time":"2026-01-31T10:30:00.123Z","level":"info","program":"wsfanout","message":"..."}
// Unknown names count as info and text.
void start_logging(const std::string& level, const std::string& format, const std::string& program);

// From here on a thread of its own writes the lines, so that nobody who logs ever waits for stderr (a full pipe, a
// slow terminal). At most kMaxQueuedLines wait; beyond that the oldest are lost. Call once, after start_logging(),
// when the signal mask that the thread shall inherit is set.
inline constexpr std::size_t kMaxQueuedLines = 8192;
void log_in_background();

// Writes what is queued and ends that thread. The last call of a program.
void stop_logging();

}  // namespace wsf::base
