#pragma once
// What a consumer hands on: records as the log holds them, and the sink that takes them.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace wsf::kafka {

// One record of the log. The views live as long as the on_records() call that brought them.
struct Record {
  std::string_view topic{};
  std::int32_t partition = 0;
  std::int32_t epoch = 0;  // of the partition: grows when its log was made anew, and offsets begin again
  std::int64_t offset = 0;
  std::int64_t timestamp_ms = -1;  // the log's own, epoch milliseconds; -1: none
  std::string_view key{};          // empty when has_key is false
  bool has_key = false;
  std::optional<std::string_view> value{};  // nullopt: a tombstone
  std::string_view traceparent{};           // the header of this name, where they are asked for; empty: none
  bool history = false;  // was in the log before this consumer watched it: for last values, not news
};

// Records that the log gave up (retention, or an administrator) before they were read.
struct Loss {
  std::string topic{};
  std::int32_t partition = 0;
  std::int32_t epoch = 0;
  std::int64_t first = 0;  // offset of the first of them
  std::int64_t next = 0;   // offset at which reading goes on
};

// Takes what a consumer reads. Every call comes on the consumer's own thread, one at a time, none after the
// consumer's destructor has returned. What they throw ends the process.
class RecordSink {
 public:
  virtual ~RecordSink() = default;

  // The records of one poll, 1 to kMaxBatchRecords, those of several topics mixed. Within a partition and epoch
  // offsets increase strictly over all calls, and epochs never decrease.
  virtual void on_records(std::span<const Record> records) = 0;

  // Between the records before and those after it.
  virtual void on_loss(const Loss& loss) = 0;

  // Once: every partition has been read up to the head that it had at the start. At once when a broker has told that
  // no topic is there that an expression finds.
  virtual void on_head() = 0;

  // Each change. Before the first call the broker counts as unreachable.
  virtual void on_broker(bool reachable) = 0;
};

}  // namespace wsf::kafka
