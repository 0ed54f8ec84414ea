#pragma once
// Where a consumer stands in one partition, and what the broker's watermarks mean for it. Pure bookkeeping: no
// library, no clock of its own.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>

namespace wsf::kafka {

// One thread works it; the four numbers that it tells may be read by any.
class Cursor {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::int64_t kAllHistory = std::numeric_limits<std::int64_t>::max();

  // What the broker says of the log.
  struct Log {
    std::int64_t low = 0;       // offset of the first record
    std::int64_t high = 0;      // offset after the last one
    std::int32_t epoch = 0;     // by the group's commits: at least this
    std::int64_t asked_ms = 0;  // wall clock
  };

  // Starts at max(low, high - tail). What lies below `high` is history, but for records whose log time is at or after
  // live_since_ms (a log that came into being while we waited for it; 0: nothing is history, start at low).
  void begin(const Log& log, std::int64_t tail, std::int64_t live_since_ms, Clock::time_point now);

  enum class Kind { duplicate, history, news };
  Kind take(std::int64_t offset, std::int64_t timestamp_ms, Clock::time_point now);

  // The end of the log, which may lie above the last record that could be read (markers, compaction).
  void reached_end(std::int64_t offset, Clock::time_point now);

  // The library said that our position is no position of this log.
  void out_of_range() { out_of_range_ = true; }
  // The broker was away: time without records does not count as a stall.
  void excuse(Clock::time_point now) { moved_at_ = now; }

  enum class Finding {
    fine,
    passed_by,  // told to be out of range: the log begins above, position() moved to its begin
    made_anew,  // position() is the begin of a log with a new epoch()
    stalled,    // there is more to read, and nothing came for `stalled_after`
  };
  // Looks at a log that was asked for after the last look() ended. It was made anew when it ends below the position,
  // twice in a row; when it holds the position although we were told to be out of range (it ended below, and has
  // grown since); or when another replica has committed a later epoch.
  Finding look(const Log& log, Clock::time_point now, std::chrono::milliseconds stalled_after);

  bool started() const { return started_; }
  bool at_head() const { return position() >= head_ || ended_; }
  std::int64_t position() const { return position_.load(std::memory_order_relaxed); }
  std::int32_t epoch() const { return epoch_.load(std::memory_order_relaxed); }
  // Log time of the last record taken; the wall clock at the begin as long as there is none.
  std::int64_t read_ms() const { return read_ms_.load(std::memory_order_relaxed); }
  std::int64_t high_watermark() const { return high_.load(std::memory_order_relaxed); }

 private:
  void move_to(std::int64_t position, Clock::time_point now);
  Finding start_over(const Log& log, Clock::time_point now);
  Finding back_in_range(const Log& log, Clock::time_point now);

  std::atomic<std::int64_t> position_{0};  // next offset to be handed on
  std::atomic<std::int64_t> high_{0};
  std::atomic<std::int32_t> epoch_{0};
  std::atomic<std::int64_t> read_ms_{0};
  std::int64_t head_ = 0;
  std::int64_t live_since_ms_ = kAllHistory;
  std::int64_t newest_ms_ = -1;        // log time of the newest record taken
  std::int64_t position_looked_ = -1;  // position at the last look
  Clock::time_point moved_at_{};
  int ends_below_ = 0;  // looks in a row that found the end below a position that stood still
  bool started_ = false;
  bool ended_ = false;
  bool out_of_range_ = false;
};

}  // namespace wsf::kafka
