#include "fanout/fx_rates/fx_rates.hpp"

#include "base/clock.hpp"
#include "fanout/fx_rates/rate_frames.hpp"

#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace wsf::fanout {
namespace {

hub::Terms terms_of(const protocol::Command& command) {
  return {.meta = command.meta,
          .resumes = !command.resume.empty(),
          .status = command.status,
          .limited = command.max_rate_hz.has_value()};
}

}  // namespace

FxRates::FxRates(const FxRatesOptions& options, const FeedState& feed, KeptSubscriptions* kept, Reception& reception,
                 Route& route)
    : Protocol(route),
      options_(options),
      reception_(reception),
      delivery_(counters_),
      resumes_(options, subscriptions_, delivery_, counters_),
      gaps_(subscriptions_, delivery_, counters_),
      kept_(kept, subscriptions_, reception),
      freshness_(options, feed, subscriptions_, counters_) {}

void FxRates::attach(ws::Sessions& sessions) {
  sessions_ = &sessions;
  delivery_.attach(sessions);
  resumes_.attach(sessions);
  gaps_.attach(sessions);
  kept_.attach(sessions);
  freshness_.attach(sessions);
}

bool FxRates::on_batch(const hub::SharedBatch& batch) {
  const std::uint64_t sent_before = counters_.updates_sent.value();
  const std::int64_t sent_ms = base::epoch_ms();
  gaps_.begin(*batch);
  for (const hub::Update& update : batch->updates) {
    const hub::KeyId key = subscriptions_.intern(update.key);
    gaps_.before(key, update);
    const std::int64_t heard_ms = freshness_.take(key, update, sent_ms);
    if (!update.silent && !update.tombstone) traced(update, [&] { broadcast(key, update, sent_ms); });
    subscriptions_.remember(key, update, heard_ms);
    if (sessions_->crowded()) sessions_->flush();
  }
  resumes_.add(batch);
  counters_.keys.set(static_cast<std::int64_t>(subscriptions_.keys()));
  if (batch->head) serve_waiting();
  return counters_.updates_sent.value() != sent_before;
}

void FxRates::on_tick() {
  resumes_.expire(base::epoch_ms());
  freshness_.look(resumes_.at_head());
  serve_waiting();
  for (const KeptSessions::Returned& returned : kept_.on_tick()) restore(returned);
}

void FxRates::broadcast(hub::KeyId key, const hub::Update& update, std::int64_t sent_ms) {
  const std::span<const hub::Subscriber> subscribers = subscriptions_.subscribers(key);
  if (subscribers.empty()) return;
  spdlog::debug("Broadcasting {} update to {} subscribers", update.key, subscribers.size());
  ws::SharedFrame plain;
  ws::SharedFrame with_meta;
  std::size_t sent = 0;
  for (const hub::Subscriber& subscriber : subscribers) {
    if (resumes_.is_ahead(subscriber.slot, key, update.position)) continue;
    ws::SharedFrame& frame = subscriber.terms.meta ? with_meta : plain;
    const Form form{.meta = subscriber.terms.meta, .sent_ms = sent_ms};
    if (!frame) frame = ws::SharedFrame(encode_rate_update(text_, key, update, form));
    if (delivery_.deliver(subscriber.slot, subscriber.terms, key, frame)) ++sent;
  }
  counters_.events_broadcast.add();
  counters_.updates_sent.add(sent);
}

std::optional<ws::HttpReply> FxRates::refuse(const ws::HttpRequest& request, const auth::Grant* /*grant*/) {
  kept_.arrive(request);
  return std::nullopt;
}

void FxRates::on_open(ws::Slot slot) {
  const auth::Grant* const grant = reception_.grant(slot);
  const std::string id = reception_.id(slot);
  sessions_->send(
      slot, grant == nullptr ? protocol::connected(id) : protocol::connected(id, grant->user, grant->expires_s));
  kept_.on_open(slot);
}

// Of a client that was here before: its pairs, as plainly as it can ask for them.
void FxRates::restore(const KeptSessions::Returned& returned) {
  using State = Recollection::State;
  if (returned.recollection.state == State::unknown) {
    return sessions_->send(returned.slot, protocol::error("Unknown session", "unknown_session", ""));
  }
  if (returned.recollection.state == State::unavailable) {
    return sessions_->send(returned.slot,
                           protocol::error("Subscriptions cannot be read now", "session_unavailable", ""));
  }
  protocol::Command command;
  command.action = protocol::Action::subscribe;
  command.session = returned.session;
  for (const std::string& pair : returned.recollection.pairs) {
    if (protocol::is_pair(pair)) command.pairs.push_back(pair);
  }
  subscribe_now(returned.slot, std::move(command));
}

void FxRates::on_text(ws::Slot slot, std::string_view text) {
  protocol::Command command = protocol::parse_command(text);
  switch (command.action) {
    case protocol::Action::subscribe:
      kept_.name(slot, command.pairs);
      return subscribe(slot, std::move(command));
    case protocol::Action::unsubscribe:
      kept_.name(slot, command.pairs);
      return unsubscribe(slot, command);
    case protocol::Action::ping:
      return sessions_->send(slot, protocol::pong(base::epoch_ms(), command.id_json));
    case protocol::Action::auth:
      return renew(slot, command);
    case protocol::Action::invalid:
      return send_error(slot, command.error_reply);
  }
}

void FxRates::on_close(ws::Slot slot) {
  kept_.on_close(slot);
  subscriptions_.each_key(slot, [this, slot](hub::KeyId key) {
    delivery_.forget(slot, key);
    if (subscriptions_.subscribers(key).size() == 1) freshness_.unwatch(key);
  });
  subscriptions_.drop_session(slot);
  resumes_.forget(slot);
  counters_.subscriptions.set(static_cast<std::int64_t>(subscriptions_.total()));
}

void FxRates::subscribe(ws::Slot slot, protocol::Command command) {
  if (!resumes_.put_aside(slot, command)) subscribe_now(slot, std::move(command));
}

void FxRates::serve_waiting() {
  for (const auto& [slot, command] : resumes_.take_ready()) {
    if (sessions_->is_open(slot)) subscribe_now(slot, command);
  }
}

void FxRates::subscribe_now(ws::Slot slot, protocol::Command command) {
  SubscribeSpan span = reception_.traces().subscribe(slot, "fx-rates", command.pairs.size() + command.refused.size());
  entitle(slot, command);
  const std::size_t most = max_subscriptions(slot);
  if (subscriptions_.count(slot) + new_pairs(slot, command.pairs) > most) {
    return send_error(slot, protocol::limit_error(most, command.id_json));
  }
  const std::vector<Resumption> resumptions = resumes_.look_back(slot, command);
  const std::vector<hub::KeyId> new_to_status = subscribe_pairs(slot, command);
  span.accept(command.pairs.size());
  if (command.has_answer()) {
    protocol::Recovered recovered;
    for (const Resumption& one : resumptions) recovered.emplace_back(one.point->pair, one.recovered());
    sessions_->send(slot, protocol::subscribed(command.pairs, command.id_json, recovered, command.session));
    log_subscription(slot, command.pairs);
  }
  if (!command.refused.empty()) {
    send_error(slot, protocol::invalid_pairs_error(command.refused, command.id_json));
  }
  if (!command.denied.empty()) send_error(slot, protocol::denied_pairs_error(command.denied, command.id_json));
  for (const Resumption& one : resumptions) {
    resumes_.serve(slot, one, terms_of(command));
    if (!one.recovered()) send_snapshot(slot, one.point->pair, terms_of(command));
  }
  if (command.snapshot) send_snapshots(slot, command, resumptions);
  for (const hub::KeyId key : new_to_status) freshness_.tell_if_stale(slot, key);
}

// The answer: the keys of whose status this session has not been told.
std::vector<hub::KeyId> FxRates::subscribe_pairs(ws::Slot slot, const protocol::Command& command) {
  std::vector<hub::KeyId> new_to_status;
  if (command.status) freshness_.look(resumes_.at_head());
  for (const std::string& pair : command.pairs) {
    const std::optional<hub::Terms> before = subscriptions_.terms(slot, pair);
    subscriptions_.subscribe(slot, pair, terms_of(command));
    const hub::KeyId key = subscriptions_.intern(pair);
    delivery_.set_rate(slot, key, command, before);
    if (!before && subscriptions_.subscribers(key).size() == 1) freshness_.watch(key);
    if (command.status && !(before && before->status)) new_to_status.push_back(key);
  }
  if (!command.pairs.empty()) kept_.keep(slot);
  counters_.subscriptions.set(static_cast<std::int64_t>(subscriptions_.total()));
  return new_to_status;
}

void FxRates::send_snapshots(ws::Slot slot, const protocol::Command& command,
                             const std::vector<Resumption>& resumptions) {
  for (const std::string& pair : command.pairs) {
    const bool resumed = std::ranges::any_of(resumptions, [&](const auto& one) { return one.point->pair == pair; });
    if (!resumed) send_snapshot(slot, pair, terms_of(command));
  }
}

void FxRates::log_subscription(ws::Slot slot, const std::vector<std::string>& pairs) {
  if (!spdlog::should_log(spdlog::level::info)) return;
  const std::int64_t now_ms = sessions_->now_ms();
  if (const std::uint64_t more = subscription_log_.take_kept_back(now_ms)) {
    spdlog::info("{} more subscriptions before this one were not logged", more);
  }
  if (!subscription_log_.spend(now_ms)) return;
  spdlog::info("Session {} subscribed to: [{}]", reception_.id(slot), fmt::join(pairs, ", "));
}

void FxRates::unsubscribe(ws::Slot slot, const protocol::Command& command) {
  for (const std::string& pair : command.pairs) {
    const auto key = subscriptions_.unsubscribe(slot, pair);
    if (key) drop_pair(slot, *key);
  }
  if (!command.pairs.empty()) kept_.keep(slot);
  counters_.subscriptions.set(static_cast<std::int64_t>(subscriptions_.total()));
  if (command.has_answer()) sessions_->send(slot, protocol::unsubscribed(command.pairs, command.id_json));
  if (!command.refused.empty()) {
    send_error(slot, protocol::invalid_pairs_error(command.refused, command.id_json));
  }
}

// What the session was still to get of a pair that it has no longer.
void FxRates::drop_pair(ws::Slot slot, hub::KeyId key) {
  sessions_->drop_key(slot, key);
  delivery_.forget(slot, key);
  if (subscriptions_.subscribers(key).empty()) freshness_.unwatch(key);
  resumes_.forget(slot, key);
}

// Takes out of a subscription what the client's grant does not allow.
void FxRates::entitle(ws::Slot slot, protocol::Command& command) const {
  const auth::Grant* const grant = reception_.grant(slot);
  if (grant == nullptr) return;
  const auto denied = std::stable_partition(command.pairs.begin(), command.pairs.end(),
                                            [&](const std::string& pair) { return grant->allows_pair(pair); });
  command.denied.assign(denied, command.pairs.end());
  command.pairs.erase(denied, command.pairs.end());
  std::erase_if(command.resume, [&](const auto& point) { return !grant->allows_pair(point.pair); });
  if (!grant->max_rate_hz) return;
  command.max_rate_hz = std::min(command.max_rate_hz.value_or(*grant->max_rate_hz), *grant->max_rate_hz);
}

std::size_t FxRates::max_subscriptions(ws::Slot slot) const {
  const auth::Grant* const grant = reception_.grant(slot);
  if (grant == nullptr || !grant->max_subscriptions) return options_.max_subscriptions;
  return std::min(options_.max_subscriptions, *grant->max_subscriptions);
}

// A new token may allow less than the one before.
void FxRates::renew(ws::Slot slot, const protocol::Command& command) {
  const auth::Grant* const grant = reception_.renew(slot, command.token, command.id_json);
  if (grant == nullptr) return;
  std::vector<std::string> denied;
  subscriptions_.each_key(slot, [&](hub::KeyId key) {
    if (!grant->allows_pair(subscriptions_.name(key))) denied.emplace_back(subscriptions_.name(key));
  });
  if (denied.empty()) return;
  for (const std::string& pair : denied) drop_pair(slot, *subscriptions_.unsubscribe(slot, pair));
  kept_.keep(slot);
  counters_.subscriptions.set(static_cast<std::int64_t>(subscriptions_.total()));
  sessions_->send(slot, protocol::denied_pairs_error(denied, command.id_json));
}

void FxRates::send_snapshot(ws::Slot slot, std::string_view pair, const hub::Terms& terms) {
  const hub::KeyId key = subscriptions_.intern(pair);
  const hub::LastValue* last = subscriptions_.last_value(key);
  if (last != nullptr && sessions_->is_open(slot)) delivery_.deliver_snapshot(slot, terms, key, *last);
}

void FxRates::send_error(ws::Slot slot, std::string_view text) {
  sessions_->send(slot, text);
  reception_.fault(slot);
}

std::size_t FxRates::new_pairs(ws::Slot slot, const std::vector<std::string>& pairs) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(pairs, [&](const std::string& pair) { return !subscriptions_.has(slot, pair); }));
}

}  // namespace wsf::fanout
