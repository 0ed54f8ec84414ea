#pragma once
// The partitions of one topic that is read, and where we stand in each. For this folder's .cpp files only.

#include "kafka/consumer.hpp"
#include "kafka/cursor.hpp"
#include "kafka/librdkafka.hpp"
#include "kafka/scout.hpp"

#include <deque>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace wsf::kafka {

// Worked by the reading thread; add_progress() may be called by any.
class Partitions {
 public:
  using Clock = Cursor::Clock;
  // How long the start waits for partitions without a leader before the rest counts as the whole.
  static constexpr std::chrono::seconds kLeaderlessGrace{10};
  // How long it waits for the group's commits before the epochs count as 0, to be mended when an answer comes.
  static constexpr std::chrono::seconds kCommitsGrace{5};

  // `newcomer`: it came into being while the others were read, and all it holds is news.
  Partitions(const ConsumerOptions& options, std::string topic, bool newcomer)
      : options_(options), topic_(std::move(topic)), newcomer_(newcomer) {}

  // What a look has changed.
  struct Findings {
    bool fetch_anew = false;   // a partition to begin with, or a position that moved
    bool look_again = false;   // soon: a second look decides
    bool commit_soon = false;  // the group's commits do not tell our epochs
    std::vector<Loss> losses;
    std::uint64_t resets = 0;
    std::uint64_t stalls = 0;
  };
  // `topic`: this one, of that look. Adds to the findings.
  void digest(const Look& look, const Look::Topic& topic, Clock::time_point now, Findings& out);

  const std::string& topic() const { return topic_; }
  bool begun() const { return !cursors_.empty(); }
  bool gone() const { return gone_; }    // it was not there at the last look
  Cursor* find(std::int32_t partition);  // null: not read
  void excuse(Clock::time_point now);
  // Whether each partition has been read up to the head that it had at the start, leaderless ones left out.
  bool at_head(Clock::time_point now);
  // Where we stand, unless the topic is gone; with_epochs: as a commit tells it.
  void add_positions(rd_kafka_topic_partition_list_t& list, bool with_epochs) const;
  void add_progress(std::vector<PartitionProgress>& list) const;

 private:
  void miss(std::int64_t since_ms);
  bool come_back();
  bool count_partitions(std::int32_t partitions, Clock::time_point now);
  void check_position(std::int32_t partition, const Cursor::Log& log, Clock::time_point now, Findings& out);
  void judge(Cursor::Finding finding, std::int32_t partition, std::int64_t from, Findings& out) const;
  void begin(std::int32_t partition, const Cursor::Log& log, Clock::time_point now, Findings& out);

  const ConsumerOptions& options_;
  const std::string topic_;
  const bool newcomer_;
  // Grown by the reading thread alone, under the mutex; the cursors themselves are read without it.
  mutable std::mutex mutex_;
  std::deque<Cursor> cursors_;
  std::int32_t at_start_ = 0;  // 0: the topic was not seen yet
  std::int32_t now_ = 0;       // written under the mutex
  bool gone_ = false;          // written under the mutex
  bool leaderless_told_ = false;
  Clock::time_point first_seen_{};
  std::int64_t missing_since_ms_ = 0;  // 0: the topic was never missing
};

}  // namespace wsf::kafka
