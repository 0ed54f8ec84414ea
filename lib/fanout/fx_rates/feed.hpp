#pragma once
// From records of the log to batches for the shards: each record is checked once, gets its place in its pair's chain,
// and is posted with the rest of its poll, one batch to every shard.

#include "fanout/feeds/feed_state.hpp"
#include "fanout/feeds/poison_log.hpp"
#include "fanout/tracing/feed_traces.hpp"
#include "hub/update.hpp"
#include "kafka/record.hpp"

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

namespace wsf::fanout {

class Feed final : public kafka::RecordSink {
 public:
  static constexpr std::size_t kMaxChains = 65'536;  // pairs whose previous position is remembered

  using Post =
      std::function<void(std::shared_ptr<hub::UpdateBatch>)>;  // to all shards; may wait for one that is behind

  Feed(std::string topic, std::size_t max_event_bytes, FeedState& state, Post post, trace::Tracer* tracer = nullptr);

  // On the consumer's thread.
  void on_records(std::span<const kafka::Record> records) override;
  void on_loss(const kafka::Loss& loss) override;
  void on_head() override;
  void on_broker(bool reachable) override;

 private:
  void append(hub::UpdateBatch& batch, const kafka::Record& record);
  void append_tombstone(hub::UpdateBatch& batch, const kafka::Record& record);
  hub::Update& add(hub::UpdateBatch& batch, const kafka::Record& record, std::string_view pair);

  std::string topic_;
  std::size_t max_event_bytes_;
  FeedState& state_;
  Post post_;
  std::unordered_map<std::string, base::Position> newest_;  // by pair
  PoisonLog poison_;
  FeedTraces traces_;
};

}  // namespace wsf::fanout
