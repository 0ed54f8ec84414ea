#pragma once
// Asks the broker, from a thread of its own, what a reader must not wait for: is it there, how many partitions has
// the topic, where do they begin and end. For this folder's .cpp files only.

#include "kafka/librdkafka.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace wsf::kafka {

// The answers of one round.
struct Look {
  enum class Topic { unknown, missing, present };
  struct Watermarks {
    std::int32_t partition = 0;
    std::int64_t low = 0;
    std::int64_t high = 0;
    std::int32_t epoch = 0;  // by the group's commits
  };
  bool reachable = false;
  Topic topic = Topic::unknown;
  std::int32_t partitions = 0;         // of the topic, when it is present
  bool commits_known = false;          // the epochs below stand on an answer
  std::vector<Watermarks> watermarks;  // of those whose leader answered
  std::int64_t began_ms = 0;           // wall clock, before the first question
};

// No call to the broker lasts longer than kPatience, so that stop() is quick with any broker.
class Scout {
 public:
  static constexpr std::chrono::milliseconds kPatience{500};
  static constexpr std::chrono::milliseconds kShortest{250};  // between two rounds

  // `news` is called on the scout's thread after each round. The client must outlive the scout.
  Scout(rd_kafka_t& client, const std::string& topic, std::chrono::milliseconds every, std::function<void()> news);
  ~Scout();

  void hurry();                // a round soon; any thread
  std::optional<Look> take();  // the latest round, once
  // The newest watermarks, whether the round was taken or not; any thread.
  std::vector<Look::Watermarks> heard() const;

 private:
  void run();
  void pause();
  Look look();
  PartitionListPtr ask_commits(const rd_kafka_topic_partition_list_t& partitions, Look& out);
  PartitionListPtr ask_offsets(const rd_kafka_topic_partition_list_t& partitions, std::int64_t logical);
  void ask_watermarks(const rd_kafka_metadata_topic_t& topic, Look& out);
  bool judge_reachable(bool answered);

  rd_kafka_t& client_;
  TopicPtr topic_;
  std::chrono::milliseconds every_;
  std::function<void()> news_;
  std::atomic<bool> stop_{false};
  int silent_rounds_ = 0;
  bool reachable_ = false;
  bool suspect_ = false;
  bool settled_ = false;  // the last round found all it asked for

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool hurried_ = false;
  std::optional<Look> latest_;
  std::vector<Look::Watermarks> heard_;
  std::thread thread_;  // last: everything it uses is there
};

}  // namespace wsf::kafka
