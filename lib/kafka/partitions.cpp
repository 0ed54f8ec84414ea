#include "kafka/partitions.hpp"

#include "kafka/epoch_note.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>

namespace wsf::kafka {

void Partitions::digest(const Look& look, const Look::Topic& topic, Clock::time_point now, Findings& out) {
  if (topic.state == Look::Topic::State::missing) miss(look.began_ms);
  if (topic.state != Look::Topic::State::present) return;
  out.fetch_anew |= come_back();
  out.fetch_anew |= count_partitions(topic.partitions, now);
  const bool may_begin = look.commits_known || now - first_seen_ >= kCommitsGrace;
  for (const auto& marks : topic.watermarks) {
    const Cursor::Log log{marks.low, marks.high, marks.epoch, look.began_ms};
    if (find(marks.partition) != nullptr) {
      check_position(marks.partition, log, now, out);
    } else if (may_begin) {
      begin(marks.partition, log, now, out);
    }
    const Cursor* cursor = find(marks.partition);
    out.commit_soon |= look.commits_known && cursor != nullptr && cursor->epoch() > marks.epoch;
  }
}

// Nothing was read yet: what comes with the topic will be news.
void Partitions::miss(std::int64_t since_ms) {
  {
    const std::lock_guard lock(mutex_);
    gone_ = true;
  }
  if (missing_since_ms_ != 0 || !cursors_.empty()) return;
  missing_since_ms_ = since_ms;
  spdlog::warn("topic {} does not exist yet; waiting for it", topic_);
}

// True: the library dropped the topic while it was gone, and what it fetched for it.
bool Partitions::come_back() {
  const std::lock_guard lock(mutex_);
  return std::exchange(gone_, false) && !cursors_.empty();
}

// True when there are more or fewer than at the last look.
bool Partitions::count_partitions(std::int32_t partitions, Clock::time_point now) {
  const auto count = std::min<std::int32_t>(partitions, kMaxPartitions);
  if (at_start_ == 0) {
    at_start_ = count;
    first_seen_ = now;
  }
  const std::lock_guard lock(mutex_);
  const auto before = std::exchange(now_, count);
  return before != 0 && before != count;
}

Cursor* Partitions::find(std::int32_t partition) {
  const auto index = static_cast<std::size_t>(partition);
  return index < cursors_.size() && cursors_[index].started() ? &cursors_[index] : nullptr;
}

void Partitions::begin(std::int32_t partition, const Cursor::Log& log, Clock::time_point now, Findings& out) {
  const auto index = static_cast<std::size_t>(partition);
  if (index >= cursors_.size()) {
    const std::lock_guard lock(mutex_);
    while (cursors_.size() <= index) cursors_.emplace_back();
  }
  Cursor& cursor = cursors_[index];
  const bool there_at_start = !newcomer_ && partition < at_start_;
  const auto live_since = !there_at_start ? 0 : missing_since_ms_ > 0 ? missing_since_ms_ : Cursor::kAllHistory;
  cursor.begin(log, options_.tail_records_per_partition, live_since, now);
  out.fetch_anew = true;
  spdlog::debug("topic {} partition {} is read from {} (log {} to {}, epoch {})", topic_, partition,
                cursor.position(), log.low, log.high, log.epoch);
}

void Partitions::check_position(std::int32_t partition, const Cursor::Log& log, Clock::time_point now,
                                Findings& out) {
  Cursor& cursor = *find(partition);
  const auto from = cursor.position();
  judge(cursor.look(log, now, options_.stalled_after), partition, from, out);
  out.look_again |= log.high < cursor.position();
}

void Partitions::judge(Cursor::Finding finding, std::int32_t partition, std::int64_t from, Findings& out) const {
  if (finding == Cursor::Finding::fine) return;
  out.fetch_anew = true;
  const Cursor& cursor = cursors_[static_cast<std::size_t>(partition)];
  const auto to = cursor.position();
  const auto where = fmt::format("topic {} partition {}", topic_, partition);
  switch (finding) {
    case Cursor::Finding::fine:
      return;
    case Cursor::Finding::passed_by:
      ++out.resets;
      out.losses.push_back({topic_, partition, cursor.epoch(), from, to});
      return spdlog::warn("{}: offsets {} to {} were deleted before they were read", where, from, to - 1);
    case Cursor::Finding::made_anew:
      ++out.resets;
      return spdlog::warn("{}: the log was made anew, we stood at offset {}; read from {} as epoch {}", where, from,
                          to, cursor.epoch());
    case Cursor::Finding::stalled:
      ++out.stalls;
      return spdlog::warn("{}: nothing came after offset {} though there is more; assigned anew", where, from);
  }
}

void Partitions::excuse(Clock::time_point now) {
  for (auto& cursor : cursors_) cursor.excuse(now);
}

bool Partitions::at_head(Clock::time_point now) {
  if (at_start_ == 0 || cursors_.empty()) return false;
  const bool all_here = static_cast<std::int32_t>(cursors_.size()) >= at_start_ &&
                        std::ranges::all_of(cursors_, [](const auto& cursor) { return cursor.started(); });
  if (!all_here && now - first_seen_ < kLeaderlessGrace) return false;
  const bool read =
      std::ranges::all_of(cursors_, [](const auto& cursor) { return !cursor.started() || cursor.at_head(); });
  if (read && !all_here && !std::exchange(leaderless_told_, true)) {
    spdlog::warn("topic {} has partitions without a leader; going on without them", topic_);
  }
  return read;
}

void Partitions::add_positions(rd_kafka_topic_partition_list_t& list, bool with_epochs) const {
  if (gone_) return;
  // A topic made anew may have fewer partitions than we have read.
  const auto count = std::min(cursors_.size(), static_cast<std::size_t>(now_));
  for (std::size_t i = 0; i < count; i++) {
    const Cursor& cursor = cursors_[i];
    if (!cursor.started()) continue;
    auto& position = *rd_kafka_topic_partition_list_add(&list, topic_.c_str(), static_cast<std::int32_t>(i));
    position.offset = cursor.position();
    if (!with_epochs) continue;
    const std::string note = epoch_note(cursor.epoch());
    position.metadata = strdup(note.c_str());  // the list frees it
    position.metadata_size = note.size();
  }
}

void Partitions::add_progress(std::vector<PartitionProgress>& list) const {
  const std::lock_guard lock(mutex_);
  if (gone_) return;
  const auto count = std::min(cursors_.size(), static_cast<std::size_t>(now_));
  for (std::size_t i = 0; i < count; i++) {
    const Cursor& cursor = cursors_[i];
    // The position first: it never passes the watermark that is read after it.
    const auto position = cursor.position();
    list.push_back({topic_, static_cast<std::int32_t>(i), position, std::max(position, cursor.high_watermark()),
                    cursor.epoch(), cursor.read_ms()});
  }
}

}  // namespace wsf::kafka
