#include "wsclient/price_table.hpp"

#include "wsclient/time_text.hpp"

#include <algorithm>

namespace wsf::wsclient {
namespace {

constexpr int kMaxDecimals = 8;

}  // namespace

double pip_of(std::string_view pair) {
  return pair.ends_with("JPY") ? 0.01 : 0.0001;
}

std::optional<std::int64_t> latency_us(const RateUpdate& update, std::int64_t now_us) {
  if (update.snapshot) return std::nullopt;
  const auto since_event = passed_us(update.event_ms, now_us);
  if (since_event || !update.meta) return since_event;
  return passed_us(update.meta->kafka_ms, now_us);
}

std::int64_t PriceRow::age_ms(std::int64_t now_us) const {
  const bool told = last && last->event_ms && *last->event_ms * 1000 <= received_us + kSkewAllowed_us;
  return std::max<std::int64_t>(told ? now_us / 1000 - *last->event_ms : (now_us - received_us) / 1000, 0);
}

std::optional<double> PriceRow::change_percent() const {
  if (!last || first_rate <= 0) return std::nullopt;
  return (last->rate.value / first_rate - 1) * 100;
}

std::optional<double> PriceRow::spread_pips() const {
  if (!last || last->bid.text.empty() || last->ask.text.empty()) return std::nullopt;
  return (last->ask.value - last->bid.value) / pip_of(pair);
}

PriceRow* PriceTable::find(std::string_view pair) {
  const auto row = std::ranges::find(rows_, pair, &PriceRow::pair);
  return row == rows_.end() ? nullptr : &*row;
}

void PriceTable::watch(std::string_view pair) {
  if (find(pair) || rows_.size() >= kMaxRows) return;
  rows_.emplace_back().pair = pair;
}

void PriceTable::unwatch(std::string_view pair) {
  std::erase_if(rows_, [&](const PriceRow& row) { return row.pair == pair; });
}

void PriceTable::apply(const RateUpdate& update, std::int64_t now_us) {
  ++updates_;
  const auto latency = latency_us(update, now_us);
  if (latency) latency_.record(static_cast<std::uint64_t>(*latency));
  watch(update.pair);
  auto* row = find(update.pair);
  if (!row) return;
  if (!row->last) row->first_rate = update.rate.value;
  const double before = row->last ? row->last->rate.value : update.rate.value;
  row->move = (update.rate.value > before) - (update.rate.value < before);
  for (const auto* price : {&update.rate, &update.bid, &update.ask})
    row->decimals = std::min(std::max(row->decimals, price->decimals()), kMaxDecimals);
  row->last = update;
  row->stale = row->stale && update.snapshot;
  row->received_us = now_us;
  row->latency_us = latency;
  row->trend.push_back(update.rate.value);
  if (row->trend.size() > kTrendPoints) row->trend.pop_front();
}

void PriceTable::reconnected() {
  check_.reconnected();
  for (auto& row : rows_) row.stale = false;  // the server will say so again
}

void PriceTable::set_stale(std::string_view pair, bool stale) {
  if (auto* row = find(pair)) row->stale = stale;
}

std::optional<Finding> PriceTable::take(const ServerMessage& message, std::int64_t now_us) {
  auto finding = check_.take(message);
  if (message.update) apply(*message.update, now_us);
  if (message.type == "stale" || message.type == "live") set_stale(message.pair, message.type == "stale");
  auto* row = finding && is_gap(finding->step) ? find(finding->pair) : nullptr;
  if (row) ++row->gaps;
  return finding;
}

}  // namespace wsf::wsclient
