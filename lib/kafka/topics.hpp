#pragma once
// The topics that are read, each with its partitions. For this folder's .cpp files only.

#include "kafka/partitions.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wsf::kafka {

// Worked by the reading thread; progress() may be called by any. The client must outlive it.
class Topics {
 public:
  using Clock = Partitions::Clock;

  Topics(rd_kafka_t& client, const ConsumerOptions& options, const TopicChoice& choice)
      : client_(client), options_(options), choice_(choice) {}

  // The topics are those of the look, which is complete.
  Partitions::Findings digest(const Look& look, Clock::time_point now);

  // The topic of a message; null: not read (any more). A comparison while messages of one topic follow each other.
  Partitions* find(const rd_kafka_topic_t* topic) {
    if (topic != last_topic_) remember(topic);
    return last_;
  }

  // Whether what was there at the first look has been read up to the head that it had then. A topic chosen by its
  // name is waited for; one found by an expression is not, when it is gone or cannot be described.
  bool at_head(Clock::time_point now);
  void excuse(Clock::time_point now);
  PartitionListPtr positions() const;
  PartitionListPtr commits() const;  // positions, with their epochs
  std::size_t there() const;         // how many of them

  std::vector<PartitionProgress> progress() const;

 private:
  struct Topic {
    Topic(const ConsumerOptions& options, const std::string& name, bool newcomer)
        : partitions(options, name, newcomer) {}
    TopicPtr handle;  // held, so that the address stays that of this topic
    Partitions partitions;
    bool named = false;
    bool at_start = false;  // its head counts
  };

  Partitions& meet(const Look::Topic& topic);
  void forget_all_but(const std::vector<Look::Topic>& topics);
  void begin(Clock::time_point now);
  void remember(const rd_kafka_topic_t* topic);
  PartitionListPtr list(bool with_epochs) const;

  rd_kafka_t& client_;
  const ConsumerOptions& options_;
  const TopicChoice& choice_;
  mutable std::mutex mutex_;                          // held while a topic comes or goes
  std::map<std::string, Topic, std::less<>> topics_;  // at most kMaxTopics
  std::unordered_map<const rd_kafka_topic_t*, Partitions*> by_handle_;
  const rd_kafka_topic_t* last_topic_ = nullptr;
  Partitions* last_ = nullptr;
  bool begun_ = false;  // there was a look
  Clock::time_point begun_at_{};
};

}  // namespace wsf::kafka
