#include "kafka/cursor.hpp"

#include <algorithm>

namespace wsf::kafka {

void Cursor::begin(std::int64_t low, std::int64_t high, std::int64_t tail, std::int64_t live_since_ms,
                   Clock::time_point now) {
  started_ = true;
  head_ = high;
  live_since_ms_ = live_since_ms;
  high_.store(high, std::memory_order_relaxed);
  const bool whole = live_since_ms == 0;
  move_to(whole ? low : std::max(low, high - tail), now);
}

void Cursor::move_to(std::int64_t position, Clock::time_point now) {
  position_.store(position, std::memory_order_relaxed);
  if (position > high_watermark()) high_.store(position, std::memory_order_relaxed);
  moved_at_ = now;
}

Cursor::Kind Cursor::take(std::int64_t offset, std::int64_t timestamp_ms, Clock::time_point now) {
  if (offset < position()) return Kind::duplicate;
  move_to(offset + 1, now);
  newest_ms_ = std::max(newest_ms_, timestamp_ms);
  return offset < head_ && timestamp_ms < live_since_ms_ ? Kind::history : Kind::news;
}

void Cursor::reached_end(std::int64_t offset, Clock::time_point now) {
  ended_ = true;
  if (offset > position()) move_to(offset, now);
}

Cursor::Finding Cursor::start_over(std::int64_t low, std::int64_t high, Clock::time_point now) {
  // A log that was only cut short holds nothing newer than what we had: that part stays history.
  head_ = high;
  live_since_ms_ = newest_ms_ + 1;
  high_.store(high, std::memory_order_relaxed);
  move_to(low, now);
  ends_below_ = 0;
  out_of_range_ = false;
  return Finding::made_anew;
}

Cursor::Finding Cursor::look(std::int64_t low, std::int64_t high, Clock::time_point now,
                             std::chrono::milliseconds stalled_after) {
  const auto at = position();
  // Watermarks are older than records that came while they were asked for: only a position that stood still since the
  // last look can be compared with them.
  const bool stood_still = at == position_looked_;
  position_looked_ = at;
  high_.store(std::max(high, at), std::memory_order_relaxed);
  ends_below_ = stood_still && high < at ? ends_below_ + 1 : 0;
  if (ends_below_ >= 2) return start_over(low, high, now);
  if (high < at) return Finding::fine;  // not sure yet
  if (out_of_range_) {
    out_of_range_ = false;
    move_to(std::max(low, at), now);
    return low > at ? Finding::passed_by : Finding::in_range_again;
  }
  if (high == at) moved_at_ = now;
  if (now - moved_at_ < stalled_after) return Finding::fine;
  moved_at_ = now;
  return Finding::stalled;
}

}  // namespace wsf::kafka
