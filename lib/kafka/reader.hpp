#pragma once
// The thread of a consumer: polls, hands records on, and acts on what the scout finds. For this folder's .cpp files
// only.

#include "kafka/client.hpp"
#include "kafka/consumer.hpp"
#include "kafka/group_commits.hpp"
#include "kafka/scout.hpp"
#include "kafka/topics.hpp"

#include <array>
#include <atomic>
#include <thread>

namespace wsf::kafka {

class Consumer::Reader : private ClientWatcher {
 public:
  Reader(const ConsumerOptions& options, RecordSink& sink);
  ~Reader() override;

  // Any thread.
  bool reachable() const { return reachable_.load(std::memory_order_relaxed); }
  bool at_head() const { return head_told_.load(std::memory_order_relaxed); }
  ConsumerCounters counters() const;
  std::vector<PartitionProgress> progress() const;

 private:
  using Clock = std::chrono::steady_clock;
  using Batch = std::array<rd_kafka_message_t*, kMaxBatchRecords>;
  static constexpr int kPollMs = 100;

  void run();
  void poll();
  void hand_on(std::size_t messages);
  void take(const rd_kafka_message_t&);
  void take_error(const rd_kafka_message_t&);

  void digest(const Look&);
  void tell_broker(bool reachable);
  void warn_of_too_many(const Look&);
  void tell_head_once();
  void assign();
  void let_go();

  void on_error(rd_kafka_resp_err_t, const char* reason) override;
  void on_commit(rd_kafka_resp_err_t error) override { commits_.on_answer(error); }

  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t n = 1) {
    counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }

  const ConsumerOptions options_;
  const TopicChoice choice_;
  RecordSink& sink_;
  ClientPtr client_;
  QueuePtr queue_;
  Topics topics_;
  GroupCommits commits_;

  Batch batch_{};
  std::vector<Record> records_;
  Clock::time_point now_{};
  bool assign_again_ = false;  // it failed
  bool started_ = false;

  std::atomic<bool> stop_{false};
  std::atomic<bool> reachable_{false};
  std::atomic<bool> head_told_{false};
  std::atomic<std::uint64_t> handed_on_{0}, bytes_{0}, duplicates_{0}, broker_changes_{0}, resets_{0}, stalls_{0};

  std::optional<Scout> scout_;
  std::thread thread_;
};

}  // namespace wsf::kafka
