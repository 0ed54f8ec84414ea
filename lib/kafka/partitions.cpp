#include "kafka/partitions.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace wsf::kafka {

Partitions::Findings Partitions::digest(const Look& look, Clock::time_point now) {
  Findings out;
  out.fetch_anew = count_partitions(look, now);
  for (const auto& marks : look.watermarks) {
    if (find(marks.partition) != nullptr) {
      check_position(marks, now, out);
    } else {
      begin(marks, now, out);
    }
  }
  return out;
}

// True when there are more or fewer than at the last look.
bool Partitions::count_partitions(const Look& look, Clock::time_point now) {
  const auto count = std::min<std::int32_t>(look.partitions, kMaxPartitions);
  if (at_start_ == 0) {
    at_start_ = count;
    first_seen_ = now;
  }
  const auto before = std::exchange(now_, count);
  return before != 0 && before != count;
}

void Partitions::wait_for_topic(std::int64_t since_ms) {
  if (missing_since_ms_ != 0 || !cursors_.empty()) return;
  missing_since_ms_ = since_ms;
  spdlog::warn("topic {} does not exist yet; waiting for it", options_.topic);
}

Cursor* Partitions::find(std::int32_t partition) {
  const auto index = static_cast<std::size_t>(partition);
  return index < cursors_.size() && cursors_[index].started() ? &cursors_[index] : nullptr;
}

void Partitions::begin(const Look::Watermarks& marks, Clock::time_point now, Findings& out) {
  const auto index = static_cast<std::size_t>(marks.partition);
  if (index >= cursors_.size()) {
    const std::lock_guard lock(mutex_);
    while (cursors_.size() <= index) cursors_.emplace_back();
  }
  Cursor& cursor = cursors_[index];
  const bool there_at_start = marks.partition < at_start_;
  const auto live_since = !there_at_start ? 0 : missing_since_ms_ > 0 ? missing_since_ms_ : Cursor::kAllHistory;
  cursor.begin(marks.low, marks.high, options_.tail_records_per_partition, live_since, now);
  out.fetch_anew = true;
  spdlog::debug("topic {} partition {} is read from {} (log {} to {})", options_.topic, marks.partition,
                cursor.position(), marks.low, marks.high);
}

void Partitions::check_position(const Look::Watermarks& marks, Clock::time_point now, Findings& out) {
  Cursor& cursor = *find(marks.partition);
  const auto from = cursor.position();
  judge(cursor.look(marks.low, marks.high, now, options_.stalled_after), marks.partition, from, out);
  out.look_again |= marks.high < cursor.position();
}

void Partitions::judge(Cursor::Finding finding, std::int32_t partition, std::int64_t from, Findings& out) const {
  if (finding == Cursor::Finding::fine) return;
  out.fetch_anew = true;
  const auto to = cursors_[static_cast<std::size_t>(partition)].position();
  const auto where = fmt::format("topic {} partition {}", options_.topic, partition);
  switch (finding) {
    case Cursor::Finding::fine:
    case Cursor::Finding::in_range_again:
      return;
    case Cursor::Finding::passed_by:
      ++out.resets;
      return spdlog::warn("{}: offsets {} to {} were deleted before they were read", where, from, to - 1);
    case Cursor::Finding::made_anew:
      ++out.resets;
      return spdlog::warn("{}: the log ends below offset {} and counts as made anew; read from {}", where, from, to);
    case Cursor::Finding::stalled:
      ++out.stalls;
      return spdlog::warn("{}: nothing came after offset {} though there is more; assigned anew", where, from);
  }
}

void Partitions::excuse(Clock::time_point now) {
  for (auto& cursor : cursors_) cursor.excuse(now);
}

bool Partitions::at_head(Clock::time_point now) const {
  if (at_start_ == 0 || cursors_.empty()) return false;
  const bool all_here = static_cast<std::int32_t>(cursors_.size()) >= at_start_ &&
                        std::ranges::all_of(cursors_, [](const auto& cursor) { return cursor.started(); });
  if (!all_here && now - first_seen_ < kLeaderlessGrace) return false;
  const bool read =
      std::ranges::all_of(cursors_, [](const auto& cursor) { return !cursor.started() || cursor.at_head(); });
  if (read && !all_here)
    spdlog::warn("topic {} has partitions without a leader; going on without them", options_.topic);
  return read;
}

PartitionListPtr Partitions::positions() const {
  PartitionListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(cursors_.size())));
  // A topic made anew may have fewer partitions than we have read.
  const auto count = std::min(cursors_.size(), static_cast<std::size_t>(now_));
  for (std::size_t i = 0; i < count; i++) {
    if (!cursors_[i].started()) continue;
    rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), static_cast<std::int32_t>(i))->offset =
        cursors_[i].position();
  }
  return list;
}

std::vector<PartitionProgress> Partitions::progress() const {
  const std::lock_guard lock(mutex_);
  std::vector<PartitionProgress> out;
  out.reserve(cursors_.size());
  for (std::size_t i = 0; i < cursors_.size(); i++) {
    out.push_back({static_cast<std::int32_t>(i), cursors_[i].position(), cursors_[i].high_watermark()});
  }
  return out;
}

}  // namespace wsf::kafka
