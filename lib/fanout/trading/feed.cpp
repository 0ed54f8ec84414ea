#include "fanout/trading/feed.hpp"

#include "fanout/feeds/new_batch.hpp"
#include "protocol/trading.hpp"

#include <spdlog/spdlog.h>

#include <memory>

namespace wsf::fanout {

TradingFeed::TradingFeed(std::size_t max_event_bytes, FeedState& state, hub::EventBuffer& buffer, Service::Post post,
                         trace::Tracer* tracer)
    : max_event_bytes_(max_event_bytes),
      state_(state),
      buffer_(buffer),
      post_(std::move(post)),
      poison_(state),
      traces_(tracer, "kafka") {}

void TradingFeed::on_records(std::span<const kafka::Record> records) {
  const auto batch = numbered_batch();
  batch->updates.reserve(records.size());
  for (const kafka::Record& record : records) append(*batch, record);
  buffer_.expire(batch->received_ms);
  if (batch->updates.empty()) return;
  for (const hub::Update& update : batch->updates) keep(*batch, update);
  state_.batches.add();
  post_(batch);
  traces_.posted();
}

void TradingFeed::on_loss(const kafka::Loss& loss) {
  buffer_.begin(loss.topic, {loss.partition, loss.next, loss.epoch});
}

void TradingFeed::on_head() {
  state_.at_head = true;
  const auto batch = numbered_batch();
  batch->head = true;
  post_(batch);
  spdlog::info("head of the log reached: trading is live from here");
}

void TradingFeed::on_broker(bool reachable) {
  state_.broker_reachable = reachable;
  if (reachable) {
    spdlog::info("broker reachable");
  } else {
    spdlog::warn("broker unreachable: clients stay connected, nothing comes until it is back");
  }
}

std::shared_ptr<hub::UpdateBatch> TradingFeed::numbered_batch() {
  auto batch = new_batch();
  batch->number = ++batches_;
  return batch;
}

void TradingFeed::append(hub::UpdateBatch& batch, const kafka::Record& record) {
  const std::string_view topic = lasting(record.topic);
  note_begin(topic, record);
  state_.received.add();
  if (!record.has_key) state_.unkeyed.add();
  if (!record.value) return state_.tombstones.add();
  auto checked = protocol::check_trading_event(*record.value, topic, max_event_bytes_);
  if (const auto* cause = std::get_if<protocol::Poison>(&checked)) return poison_.skip(record, topic, *cause);
  auto& event = std::get<protocol::TradingEvent>(checked);
  state_.count_event(record.history, record.timestamp_ms, batch.received_ms);
  hub::Update& update = batch.updates.emplace_back();
  update.key = std::move(event.key);
  update.payload = std::move(event.text);
  update.position = {record.partition, record.offset, record.epoch};
  update.topic = topic;
  update.kafka_ms = record.timestamp_ms;
  update.for_all = event.market_price;
  update.silent = record.history;
  traces_.receive(batch, update, topic, record.traceparent);
}

// Of a log that was made anew nothing is known before its first record either.
void TradingFeed::note_begin(std::string_view topic, const kafka::Record& record) {
  const auto [known, is_new] = begun_.try_emplace({topic, record.partition}, record.epoch);
  if (!is_new && known->second == record.epoch) return;
  known->second = record.epoch;
  buffer_.begin(std::string(topic), {record.partition, record.offset, record.epoch});
}

// Prices are state: only what must not be missed is kept.
void TradingFeed::keep(const hub::UpdateBatch& batch, const hub::Update& update) {
  if (update.for_all) return;
  buffer_.add(update.key, {.text = update.payload,
                           .topic = std::string(update.topic),
                           .position = update.position,
                           .batch = batch.number,
                           .received_ms = batch.received_ms,
                           .silent = update.silent});
}

std::string_view TradingFeed::lasting(std::string_view topic) {
  const auto known = topics_.find(topic);
  return known != topics_.end() ? *known : *topics_.emplace(topic).first;
}

}  // namespace wsf::fanout
