#include "fanout/fx_rates/feed.hpp"

#include "fanout/feeds/new_batch.hpp"

#include <spdlog/spdlog.h>

#include <utility>

namespace wsf::fanout {

Feed::Feed(std::string topic, std::size_t max_event_bytes, FeedState& state, Post post, trace::Tracer* tracer)
    : topic_(std::move(topic)),
      max_event_bytes_(max_event_bytes),
      state_(state),
      post_(std::move(post)),
      poison_(state),
      traces_(tracer, "kafka") {}

void Feed::on_records(std::span<const kafka::Record> records) {
  auto batch = new_batch();
  batch->updates.reserve(records.size());
  for (const kafka::Record& record : records) append(*batch, record);
  if (batch->updates.empty()) return;
  state_.batches.add();
  post_(std::move(batch));
  traces_.posted();
}

void Feed::on_loss(const kafka::Loss& loss) {
  auto batch = new_batch();
  batch->loss = hub::Loss{{loss.partition, loss.first, loss.epoch}, {loss.partition, loss.next, loss.epoch}};
  post_(std::move(batch));
}

void Feed::on_head() {
  state_.at_head = true;
  auto batch = new_batch();
  batch->head = true;
  post_(std::move(batch));
  spdlog::info("head of the log reached: topic={} is live from here", topic_);
}

void Feed::on_broker(bool reachable) {
  state_.broker_reachable = reachable;
  if (reachable) {
    spdlog::info("broker reachable");
  } else {
    spdlog::warn("broker unreachable: clients stay connected, prices stand still until it is back");
  }
}

void Feed::append(hub::UpdateBatch& batch, const kafka::Record& record) {
  state_.received.add();
  if (!record.has_key) state_.unkeyed.add();
  if (!record.value) return append_tombstone(batch, record);
  const auto checked = protocol::check_event(*record.value, max_event_bytes_);
  if (const auto* cause = std::get_if<protocol::Poison>(&checked)) return poison_.skip(record, topic_, *cause);
  const protocol::Pair& pair = std::get<protocol::Pair>(checked);
  spdlog::debug("Received event: FxRateUpdated for {} at {}-{}", pair.view(), record.partition, record.offset);
  state_.count_event(record.history, record.timestamp_ms, batch.received_ms);
  hub::Update& update = add(batch, record, pair.view());
  update.payload = *record.value;
  traces_.receive(batch, update, topic_, record.traceparent);
}

// Clears the last value of the pair that the record's key names; another key means nothing here.
void Feed::append_tombstone(hub::UpdateBatch& batch, const kafka::Record& record) {
  state_.tombstones.add();
  if (protocol::is_pair(record.key)) add(batch, record, record.key).tombstone = true;
}

hub::Update& Feed::add(hub::UpdateBatch& batch, const kafka::Record& record, std::string_view pair) {
  hub::Update& update = batch.updates.emplace_back();
  update.key = pair;
  update.position = {record.partition, record.offset, record.epoch};
  update.kafka_ms = record.timestamp_ms;
  update.silent = record.history;
  const auto known = newest_.find(update.key);
  if (known != newest_.end()) update.previous = known->second;
  if (!record.value) return update;  // a tombstone is no link of the chain: no client is told of it
  if (known != newest_.end()) {
    known->second = update.position;
  } else if (newest_.size() < kMaxChains) {
    newest_.emplace(update.key, update.position);
  }
  return update;
}

}  // namespace wsf::fanout
