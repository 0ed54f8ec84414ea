#pragma once
// Asks the broker, from a thread of its own, what a reader must not wait for: is it there, which topics are there to
// read, how many partitions have they, where do they begin and end. For this folder's .cpp files only.

#include "kafka/breaker.hpp"
#include "kafka/librdkafka.hpp"
#include "kafka/topic_roster.hpp"

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
  struct Watermarks {
    std::int32_t partition = 0;
    std::int64_t low = 0;
    std::int64_t high = 0;
    std::int32_t epoch = 0;  // by the group's commits
  };
  struct Topic {
    enum class State { unknown, missing, present };  // unknown: it is there, and the broker cannot describe it
    std::string name{};
    bool named = false;  // chosen by its name, not by an expression
    State state = State::unknown;
    std::int32_t partitions = 0;           // when it is present
    std::vector<Watermarks> watermarks{};  // of those whose leader answered
  };
  bool useful = false;  // a broker answered and, if there is anything to read, told where some of it ends
  bool let_go = false;  // the breaker is open: nothing may be asked of the cluster
  bool reachable = false;
  bool complete = false;       // a broker told which topics there are
  bool commits_known = false;  // the epochs stand on an answer
  std::vector<Topic> topics;   // all that are read, when it is complete; sorted by name
  std::size_t left_out = 0;    // topics that an expression finds, above kMaxTopics
  std::int64_t began_ms = 0;   // wall clock, before the first question
};

// No call to the broker lasts longer than kPatience, so that stop() is quick with any broker.
class Scout {
 public:
  static constexpr std::chrono::milliseconds kPatience{500};
  static constexpr std::chrono::milliseconds kShortest{250};  // between two rounds
  static constexpr int kTrialRounds = 4;  // of a half-open breaker: the library waits up to 1 s before it connects

  // `news` is called on the scout's thread after each round. Client and choice must outlive the scout. A single topic
  // is asked for by its name; for all other choices every round asks for all topics of the cluster.
  Scout(rd_kafka_t& client, const TopicChoice& choice, const BreakerLimits& breaker, std::chrono::milliseconds every,
        std::function<void()> news);
  ~Scout();

  void hurry();                // a round soon; any thread
  std::optional<Look> take();  // the latest round, once
  // The topics with the newest watermarks, whether the round was taken or not; any thread.
  std::vector<Look::Topic> heard() const;
  const Breaker& breaker() const { return breaker_; }

 private:
  void run();
  Look trial();
  void judge(Look& seen);
  void rest();
  bool is_settled(const Look& seen) const;
  void pause();
  Look look();
  PartitionListPtr ask_commits(const rd_kafka_topic_partition_list_t& partitions, Look& out);
  PartitionListPtr ask_offsets(const rd_kafka_topic_partition_list_t& partitions, std::int64_t logical);
  MetadataPtr ask_metadata(Look& out);
  void describe_topics(const rd_kafka_metadata_t& metadata, Look& out);
  PartitionListPtr led_partitions(const rd_kafka_metadata_t& metadata) const;
  void ask_watermarks(const rd_kafka_topic_partition_list_t& partitions, Look& out);
  bool judge_reachable(bool answered);

  rd_kafka_t& client_;
  TopicPtr only_;  // null: all topics are asked for
  TopicRoster roster_;
  Breaker breaker_;
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
  std::vector<Look::Topic> heard_;
  std::thread thread_;  // last: everything it uses is there
};

}  // namespace wsf::kafka
