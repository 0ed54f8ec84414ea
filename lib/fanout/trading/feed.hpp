#pragma once
// From records of the trading topics to batches for the shards: each record is checked once and finds its audience;
// events are kept for those who come back. On the consumer's thread.

#include "fanout/feeds/feed_state.hpp"
#include "fanout/feeds/poison_log.hpp"
#include "fanout/service.hpp"
#include "fanout/tracing/feed_traces.hpp"
#include "hub/event_buffer.hpp"
#include "kafka/record.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace wsf::fanout {

class TradingFeed final : public kafka::RecordSink {
 public:
  TradingFeed(std::size_t max_event_bytes, FeedState& state, hub::EventBuffer& buffer, Service::Post post,
              trace::Tracer* tracer = nullptr);

  void on_records(std::span<const kafka::Record> records) override;
  void on_loss(const kafka::Loss& loss) override;
  void on_head() override;
  void on_broker(bool reachable) override;

 private:
  void append(hub::UpdateBatch& batch, const kafka::Record& record);
  void note_begin(std::string_view topic, const kafka::Record& record);
  void keep(const hub::UpdateBatch& batch, const hub::Update& update);
  std::shared_ptr<hub::UpdateBatch> numbered_batch();
  std::string_view lasting(std::string_view topic);

  std::size_t max_event_bytes_;
  FeedState& state_;
  hub::EventBuffer& buffer_;
  Service::Post post_;
  PoisonLog poison_;
  FeedTraces traces_;
  std::uint64_t batches_ = 0;
  std::set<std::string, std::less<>> topics_;                                // for life: updates refer to them
  std::map<std::pair<std::string_view, std::int32_t>, std::int32_t> begun_;  // epochs of the logs that are read
};

}  // namespace wsf::fanout
