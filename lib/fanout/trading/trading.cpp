#include "fanout/trading/trading.hpp"

#include "base/clock.hpp"
#include "base/identifier.hpp"
#include "ws/query.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace wsf::fanout {
namespace {

// Keys that no assessment's id can be: ids hold neither.
constexpr std::string_view kEverybody = "*";
constexpr char kMarketSign = '$';

hub::FramePtr frame_of(std::string_view text, hub::KeyId key) {
  hub::FrameSubject subject;
  subject.key = key;
  return ws::frame_of(ws::Opcode::text, text, subject);
}

}  // namespace

Trading::Trading(const TradingOptions& options, const hub::EventBuffer& buffer, Reception& reception, Route& route)
    : Protocol(route),
      buffer_(buffer),
      reception_(reception),
      heartbeat_(options.ping_interval.count(), options.connection_timeout.count()) {}

void Trading::attach(ws::Sessions& sessions) {
  sessions_ = &sessions;
  heartbeat_.attach(sessions);
}

std::optional<ws::HttpReply> Trading::refuse(const ws::HttpRequest& request, const auth::Grant* grant) {
  arriving_ = Client{};
  if (auto refusal = read_query(request)) return refusal;
  return entitle(grant);
}

std::optional<ws::HttpReply> Trading::read_query(const ws::HttpRequest& request) {
  arriving_.assessments = ws::query_values(request.query, "assessmentId");
  std::erase(arriving_.assessments, "");
  if (arriving_.assessments.size() > 1) return ws::plain_reply(400, "assessmentId is given twice");
  if (!std::ranges::all_of(arriving_.assessments, base::is_id)) return ws::plain_reply(400, "invalid assessmentId");
  arriving_.meta = ws::query_values(request.query, "meta") == std::vector<std::string>{"1"};
  for (const std::string& list : ws::query_values(request.query, "since")) {
    const auto positions = protocol::parse_since(list);
    if (!positions) return ws::plain_reply(400, "invalid since: a comma list of TOPIC:PARTITION-OFFSET");
    for (const auto& one : *positions) arriving_.since.push_back({one.topic, one.position});
  }
  return std::nullopt;
}

// Whose events the client gets: of the assessment it asks for, else of those that its token names.
std::optional<ws::HttpReply> Trading::entitle(const auth::Grant* grant) {
  if (grant == nullptr || !grant->assessments) return std::nullopt;
  const std::vector<std::string>& allowed = *grant->assessments;
  if (arriving_.assessments.empty()) {
    arriving_.assessments = allowed;
  } else if (std::ranges::find(allowed, arriving_.assessments.front()) == allowed.end()) {
    return ws::plain_reply(403, "the token does not name this assessment");
  }
  return std::nullopt;
}

void Trading::on_open(ws::Slot slot) {
  if (slot >= clients_.size()) clients_.resize(sessions_->slots());
  Client& client = clients_[slot];
  client = std::exchange(arriving_, Client{});
  client.opened_at = last_batch_;
  client.opened_ms = sessions_->now_ms();
  reception_.traces().subscribe(slot, "trading", client.assessments.size()).accept(client.assessments.size());
  const hub::Terms terms{.meta = client.meta};
  subscriptions_.subscribe(slot, kEverybody, terms);
  for (const std::string& assessment : client.assessments) subscriptions_.subscribe(slot, assessment, terms);
  counters_.connections.add(1);
  counters_.subscriptions.set(static_cast<std::int64_t>(subscriptions_.total()));
  heartbeat_.begin(slot);
  const auth::Grant* const grant = reception_.grant(slot);
  send(slot, protocol::trading_connected(reception_.id(slot), grant == nullptr ? "" : grant->user, base::epoch_ms()));
  if (client.since.empty()) return;
  if (at_head_) return replay(slot);
  waiting_[slot] = sessions_->now_ms();
}

void Trading::on_close(ws::Slot slot) {
  const Client client = std::exchange(clients_[slot], Client{});
  counters_.connections.add(-1);
  counters_.connection_duration.record_ms(sessions_->now_ms() - client.opened_ms);
  heartbeat_.end(slot);
  waiting_.erase(slot);
  subscriptions_.drop_session(slot);
  counters_.subscriptions.set(static_cast<std::int64_t>(subscriptions_.total()));
}

void Trading::on_text(ws::Slot slot, std::string_view text) {
  using Kind = protocol::TradingCommand::Kind;
  counters_.messages_received.add();
  heartbeat_.heard(slot);
  const protocol::TradingCommand command = protocol::parse_trading_command(text);
  switch (command.kind) {
    case Kind::pong:
      return;
    case Kind::ping:
      return send(slot, protocol::trading_pong(base::epoch_ms()));
    case Kind::auth:
      return renew(slot, command);
    case Kind::invalid:
      send(slot, command.error);
      return reception_.fault(slot);
  }
}

bool Trading::on_batch(const hub::SharedBatch& batch) {
  const std::uint64_t sent_before = counters_.updates_sent.value();
  last_batch_ = batch->number;
  for (const hub::Update& update : batch->updates) {
    if (!update.silent) traced(update, [&] { publish(update); });
    if (sessions_->crowded()) sessions_->flush();
  }
  counters_.keys.set(static_cast<std::int64_t>(subscriptions_.keys()));
  close_overfull();
  if (batch->head) {
    at_head_ = true;
    replay_waiting();
  }
  return counters_.updates_sent.value() != sent_before;
}

void Trading::publish(const hub::Update& update) {
  if (!update.for_all) return broadcast(subscriptions_.intern(update.key), hub::kNoKey, update);
  // A price that names no market stands for itself alone.
  if (update.key.empty()) return broadcast(subscriptions_.intern(kEverybody), hub::kNoKey, update);
  const hub::KeyId market = subscriptions_.intern(kMarketSign + update.key);
  subscriptions_.remember(market, update);  // keeps the key's number for as long as a frame may wait
  broadcast(subscriptions_.intern(kEverybody), market, update);
}

void Trading::broadcast(hub::KeyId audience, hub::KeyId conflates_by, const hub::Update& update) {
  const std::span<const hub::Subscriber> subscribers = subscriptions_.subscribers(audience);
  if (subscribers.empty()) return;
  ws::SharedFrame plain;
  ws::SharedFrame with_position;
  for (const hub::Subscriber& subscriber : subscribers) {
    ws::SharedFrame& frame = subscriber.terms.meta ? with_position : plain;
    if (!frame && subscriber.terms.meta) {
      text_.clear();
      protocol::append_positioned(text_, update.payload, update.topic, update.position);
    }
    if (!frame) frame = ws::SharedFrame(frame_of(subscriber.terms.meta ? text_ : update.payload, conflates_by));
    sessions_->publish(subscriber.slot, frame);
    if (conflates_by == hub::kNoKey) note_event(subscriber.slot);
  }
  counters_.events_broadcast.add();
  counters_.updates_sent.add(subscribers.size());
  counters_.messages_sent.add(subscribers.size());
}

// Of a batch the socket may refuse the most when it is written, after the last of its events came.
void Trading::note_event(ws::Slot slot) {
  if (sessions_->is_overfull(slot)) overfull_.push_back(slot);
  if (!std::exchange(clients_[slot].got_events, true)) got_events_.push_back(slot);
}

// No event is left out silently: who cannot take them all is told by the close, and asks again with `since`.
void Trading::close_overfull() {
  for (const ws::Slot slot : overfull_) sessions_->close(slot, protocol::CloseCause::gap);
  overfull_.clear();
}

void Trading::look_at_waiting_events() {
  for (const ws::Slot slot : std::exchange(got_events_, {})) {
    clients_[slot].got_events = false;
    if (sessions_->is_overfull(slot)) sessions_->close(slot, protocol::CloseCause::gap);
  }
}

void Trading::on_tick() {
  look_at_waiting_events();
  heartbeat_.advance([this](ws::Slot slot) { ping(slot); },
                     [this](ws::Slot slot) {
                       counters_.heartbeat_failures.add();
                       sessions_->close(slot, protocol::CloseCause::heartbeat_timeout);
                     });
  const bool impatient =
      std::ranges::any_of(waiting_, [&](const auto& one) { return sessions_->now_ms() - one.second >= kPatienceMs; });
  if (impatient) replay_waiting();
}

void Trading::replay_waiting() {
  for (const auto& [slot, since_ms] : std::exchange(waiting_, {})) {
    if (sessions_->is_open(slot)) replay(slot);
  }
}

void Trading::replay(ws::Slot slot) {
  const std::vector<std::string> assessments = clients_[slot].assessments;
  for (const std::string& assessment : assessments) {
    if (sessions_->is_open(slot)) replay(slot, assessment);
  }
}

void Trading::replay(ws::Slot slot, const std::string& assessment) {
  const Client& client = clients_[slot];
  const hub::EventBuffer::Missed missed = buffer_.after(assessment, client.since, last_batch_);
  for (const std::size_t i : missed.gaps_after) {
    counters_.gaps.add();
    send(slot, protocol::trading_gap(assessment, {client.since[i].topic, client.since[i].position}));
  }
  for (const hub::SharedEvent& event : missed.events) {
    if (!event->silent && event->batch > client.opened_at) continue;  // it got that one when it came
    text_ = event->text;
    if (client.meta) {
      text_.clear();
      protocol::append_positioned(text_, event->text, event->topic, event->position);
    }
    counters_.replayed.add();
    send(slot, text_);
    sessions_->write_ahead(slot);
    if (sessions_->is_overfull(slot)) return sessions_->close(slot, protocol::CloseCause::gap);
  }
}

void Trading::send(ws::Slot slot, std::string_view text) {
  counters_.messages_sent.add();
  sessions_->send(slot, text);
}

void Trading::ping(ws::Slot slot) {
  if (!sessions_->is_blocked(slot)) send(slot, protocol::trading_ping(base::epoch_ms()));
}

// A new token may name fewer assessments than the one before.
void Trading::renew(ws::Slot slot, const protocol::TradingCommand& command) {
  counters_.messages_sent.add();
  const auth::Grant* const grant = reception_.renew(slot, command.token, command.id_json);
  if (grant == nullptr || !grant->assessments) return;
  std::erase_if(clients_[slot].assessments, [&](const std::string& assessment) {
    if (std::ranges::find(*grant->assessments, assessment) != grant->assessments->end()) return false;
    subscriptions_.unsubscribe(slot, assessment);
    return true;
  });
  counters_.subscriptions.set(static_cast<std::int64_t>(subscriptions_.total()));
}

}  // namespace wsf::fanout
