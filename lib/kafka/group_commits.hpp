#pragma once
// Tells the broker now and then how far we are, under the group's name. For this folder's .cpp files only.

#include "kafka/consumer.hpp"
#include "kafka/librdkafka.hpp"

#include <atomic>

namespace wsf::kafka {

// Used on the reading thread; count() by any.
class GroupCommits {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kLastPatience{700};  // the broker may be gone when we end

  GroupCommits(rd_kafka_t& client, const ConsumerOptions& options) : client_(client), options_(options) {}

  void note_change() { changed_ = options_.commits; }
  void hurry() {  // other replicas wait to hear of it
    note_change();
    next_ = {};
  }
  bool due(Clock::time_point now) const { return changed_ && now >= next_; }
  // Asks, and does not wait; the answer comes by the client's ClientWatcher::on_commit.
  void send(const rd_kafka_topic_partition_list_t& positions, Clock::time_point now);
  // Waits for the answer, not longer than kLastPatience.
  void send_last(const rd_kafka_topic_partition_list_t& positions);
  void on_answer(rd_kafka_resp_err_t error);

  std::uint64_t count() const { return acknowledged_.load(std::memory_order_relaxed); }

 private:
  rd_kafka_t& client_;
  const ConsumerOptions& options_;
  Clock::time_point next_{};
  bool changed_ = false;  // positions moved since the last commit
  std::atomic<std::uint64_t> acknowledged_{0};
};

}  // namespace wsf::kafka
