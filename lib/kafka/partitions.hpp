#pragma once
// The partitions of the topic that is read, and where we stand in each. For this folder's .cpp files only.

#include "kafka/consumer.hpp"
#include "kafka/cursor.hpp"
#include "kafka/librdkafka.hpp"
#include "kafka/scout.hpp"

#include <deque>
#include <mutex>
#include <vector>

namespace wsf::kafka {

// Worked by the reading thread; progress() may be called by any.
class Partitions {
 public:
  using Clock = Cursor::Clock;
  // How long the start waits for partitions without a leader before the rest counts as the whole.
  static constexpr std::chrono::seconds kLeaderlessGrace{10};
  // How long it waits for the group's commits before the epochs count as 0, to be mended when an answer comes.
  static constexpr std::chrono::seconds kCommitsGrace{5};

  explicit Partitions(const ConsumerOptions& options) : options_(options) {}

  // What a look has changed.
  struct Findings {
    bool fetch_anew = false;   // a partition to begin with, or a position that moved
    bool look_again = false;   // soon: a second look decides
    bool commit_soon = false;  // the group's commits do not tell our epochs
    std::vector<Loss> losses;
    std::uint64_t resets = 0;
    std::uint64_t stalls = 0;
  };
  Findings digest(const Look& look, Clock::time_point now);

  // The topic was not there at this wall-clock time, and nothing was read yet: what comes with it will be news.
  void wait_for_topic(std::int64_t since_ms);

  Cursor* find(std::int32_t partition);  // null: not read
  bool empty() const { return cursors_.empty(); }
  void excuse(Clock::time_point now);
  // Whether each partition has been read up to the head that it had at the start, leaderless ones left out.
  bool at_head(Clock::time_point now) const;
  PartitionListPtr positions() const;
  PartitionListPtr commits() const;  // positions, with their epochs

  std::vector<PartitionProgress> progress() const;

 private:
  bool count_partitions(const Look& look, Clock::time_point now);
  void check_position(std::int32_t partition, const Cursor::Log& log, Clock::time_point now, Findings& out);
  void judge(Cursor::Finding finding, std::int32_t partition, std::int64_t from, Findings& out) const;
  void begin(std::int32_t partition, const Cursor::Log& log, Clock::time_point now, Findings& out);

  const ConsumerOptions& options_;
  // Grown by the reading thread alone, under the mutex; the cursors themselves are read without it.
  mutable std::mutex mutex_;
  std::deque<Cursor> cursors_;
  std::int32_t at_start_ = 0;  // 0: the topic was not seen yet
  std::int32_t now_ = 0;       // written under the mutex
  Clock::time_point first_seen_{};
  std::int64_t missing_since_ms_ = 0;  // 0: the topic was never missing
};

}  // namespace wsf::kafka
