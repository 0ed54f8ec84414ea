#pragma once
// Reads topics, whole: every partition, whoever else reads it. No group membership; positions are committed under
// the group for the tools that watch lag, and are not what a start goes on from: it reads a bounded tail of the log
// instead. What is read back is the epoch of each partition, on which replicas and restarts agree by these commits.

#include "kafka/connection.hpp"
#include "kafka/record.hpp"
#include "kafka/topic_choice.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace wsf::kafka {

inline constexpr std::size_t kMaxBatchRecords = 1000;  // in one on_records()
inline constexpr std::size_t kMaxPartitions = 4096;    // of a topic; what is above is not read, and logged

struct ConsumerOptions {
  ConnectionOptions connection;
  // Names, and regular expressions (topic_choice.hpp). What an expression finds at the start is read like a named
  // topic; a topic that comes later is found within look_every, and read from its start as news.
  std::vector<std::string> topics{"fx-rates-updates"};
  std::string group = "websocket-service";
  std::int64_t tail_records_per_partition = 10'000;  // read at start, as history
  bool traceparents = false;  // read that header of each record, which costs a look at all its headers
  bool commits = true;        // positions, for the tools that watch lag
  std::chrono::milliseconds commit_every{5'000};
  std::chrono::milliseconds look_every{3'000};      // for new topics and partitions, watermarks, the broker
  std::chrono::milliseconds stalled_after{10'000};  // the head moves, the position does not: assigned anew
};

struct ConsumerCounters {
  std::uint64_t records = 0;         // handed on
  std::uint64_t bytes = 0;           // of their keys and values
  std::uint64_t duplicates = 0;      // read again after a new assignment, and left out
  std::uint64_t broker_changes = 0;  // calls of on_broker()
  std::uint64_t resets = 0;          // positions outside the log: retention passed by, or the log was made anew
  std::uint64_t stalls = 0;          // recoveries by the watchdog
  std::uint64_t commits = 0;         // acknowledged
  BreakerState breaker = BreakerState::closed;
  std::array<std::uint64_t, kBreakerStates> breaker_transitions{};  // by the state that it came to
};

struct PartitionProgress {
  std::string topic{};
  std::int32_t partition = 0;
  std::int64_t position = 0;        // next offset to be handed on
  std::int64_t high_watermark = 0;  // offset after the last record of the log, as last heard
  std::int32_t epoch = 0;           // how often the log was made anew
  std::int64_t read_ms = 0;         // log time of the last record read, or when reading began; epoch milliseconds

  std::int64_t lag() const { return high_watermark - position; }
};

// Owns one thread that reads and calls the sink, and one that watches the broker. The sink must outlive it.
// No broker and no topic are no errors: it goes on trying, and says so once. With a breaker it leaves a cluster alone
// that fails again and again: while that is open nothing is asked, read or connected to, and it counts as
// unreachable. A log that was deleted and made anew is noticed by its end, which lies below our position or that of
// the group's last commit. Two cases are not: a log that has grown past our position before anything was fetched or
// asked (the library tells no topic id) is taken for the old one, and its first records are missed, unless another
// replica noticed; and Kafka forgets the commits of a topic that it deletes, so that no epoch outlives a deletion
// while no replica runs.
class Consumer {
 public:
  // Throws base::StartupError(usage) for topics that TopicChoice refuses, and properties that the client library
  // refuses. Does not wait for the broker.
  Consumer(const ConsumerOptions&, RecordSink&);
  // Stops, commits, joins: within about two seconds, the broker reachable or not.
  ~Consumer();
  Consumer(const Consumer&) = delete;
  Consumer& operator=(const Consumer&) = delete;

  // Any thread, never blocking on the record path.
  bool reachable() const;
  bool at_head() const;
  ConsumerCounters counters() const;
  // Positions are at most one poll old, the ends of the logs at most look_every, whatever the sink takes its time
  // for.
  std::vector<PartitionProgress> progress() const;

 private:
  class Reader;
  std::unique_ptr<Reader> reader_;
};

}  // namespace wsf::kafka
