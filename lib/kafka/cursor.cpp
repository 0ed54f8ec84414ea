#include "kafka/cursor.hpp"

#include <algorithm>

namespace wsf::kafka {

void Cursor::begin(const Log& log, std::int64_t tail, std::int64_t live_since_ms, Clock::time_point now) {
  started_ = true;
  head_ = log.high;
  live_since_ms_ = live_since_ms;
  high_.store(log.high, std::memory_order_relaxed);
  epoch_.store(log.epoch, std::memory_order_relaxed);
  read_ms_.store(log.asked_ms, std::memory_order_relaxed);
  const bool whole = live_since_ms == 0;
  move_to(whole ? log.low : std::max(log.low, log.high - tail), now);
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
  if (timestamp_ms >= 0) read_ms_.store(timestamp_ms, std::memory_order_relaxed);
  return offset < head_ && timestamp_ms < live_since_ms_ ? Kind::history : Kind::news;
}

void Cursor::reached_end(std::int64_t offset, Clock::time_point now) {
  ended_ = true;
  if (offset > position()) move_to(offset, now);
}

Cursor::Finding Cursor::start_over(const Log& log, Clock::time_point now) {
  // A log that was only cut short holds nothing newer than what we had: that part stays history.
  head_ = log.high;
  live_since_ms_ = newest_ms_ + 1;
  high_.store(log.high, std::memory_order_relaxed);
  epoch_.store(std::max(epoch() + 1, log.epoch), std::memory_order_relaxed);
  move_to(log.low, now);
  ends_below_ = 0;
  out_of_range_ = false;
  return Finding::made_anew;
}

Cursor::Finding Cursor::look(const Log& log, Clock::time_point now, std::chrono::milliseconds stalled_after) {
  const auto at = position();
  // Watermarks are older than records that came while they were asked for: only a position that stood still since the
  // last look can be compared with them.
  const bool stood_still = at == position_looked_;
  position_looked_ = at;
  ends_below_ = stood_still && log.high < at ? ends_below_ + 1 : 0;
  if (log.epoch > epoch() || ends_below_ >= 2) return start_over(log, now);
  high_.store(std::max(log.high, at), std::memory_order_relaxed);
  if (log.high < at) return Finding::fine;  // not sure yet
  if (out_of_range_) return back_in_range(log, now);
  if (log.high == at) moved_at_ = now;
  if (now - moved_at_ < stalled_after) return Finding::fine;
  moved_at_ = now;
  return Finding::stalled;
}

Cursor::Finding Cursor::back_in_range(const Log& log, Clock::time_point now) {
  if (log.low <= position()) return start_over(log, now);
  out_of_range_ = false;
  move_to(log.low, now);
  return Finding::passed_by;
}

}  // namespace wsf::kafka
