#include "fanout/quotes/quotes.hpp"

#include "base/clock.hpp"
#include "protocol/replies.hpp"
#include "ws/query.hpp"
#include "ws/shared_frame.hpp"

#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>

namespace wsf::fanout {

Quotes::Quotes(const QuotesOptions& options, const ChannelFeedState& feed, QuoteSource& source, Reception& reception,
               Route& route)
    : Protocol(route),
      options_(options),
      feed_(feed),
      source_(source),
      reception_(reception),
      heartbeat_(options.heartbeat.count()) {}

void Quotes::attach(ws::Sessions& sessions) {
  sessions_ = &sessions;
  heartbeat_.attach(sessions);
}

std::optional<ws::HttpReply> Quotes::refuse(const ws::HttpRequest& request, const auth::Grant* /*grant*/) {
  const auto form = protocol::parse_quote_form(ws::query_values(request.query, "fields"));
  if (!form) return ws::plain_reply(400, "invalid fields: all, or none for the price alone");
  arriving_ = *form;
  return std::nullopt;
}

void Quotes::on_open(ws::Slot slot) {
  if (slot >= clients_.size()) clients_.resize(sessions_->slots());
  clients_[slot] = {.here = true, .form = arriving_, .opened_in = feed_.up ? 0 : feed_.outages.load()};
  counters_.connections.add(1);
  heartbeat_.begin(slot);
  if (in_outage()) tell_outage(slot);
}

void Quotes::on_close(ws::Slot slot) {
  clients_[slot] = {};
  counters_.connections.add(-1);
  heartbeat_.end(slot);
  subscriptions_.each_key(slot, [this](hub::KeyId key) {
    if (subscriptions_.subscribers(key).size() == 1) source_.unsubscribe(std::string(subscriptions_.name(key)));
  });
  subscriptions_.drop_session(slot);
  count_subscriptions();
}

void Quotes::on_text(ws::Slot slot, std::string_view text) {
  using Kind = protocol::QuotesCommand::Kind;
  counters_.messages_received.add();
  protocol::QuotesCommand command = protocol::parse_quotes_command(text);
  switch (command.kind) {
    case Kind::subscribe:
      return subscribe(slot, std::move(command));
    case Kind::unsubscribe:
      return unsubscribe(slot, command);
    case Kind::ping:
      return send(slot, protocol::quotes_pong(base::epoch_ms(), command.id_json));
    case Kind::auth:
      return renew(slot, command);
    case Kind::invalid:
      send(slot, command.error_reply);
      return reception_.fault(slot);
  }
}

// A request for more than the limit is refused as it stands: each symbol that is denied has an answer of its own.
void Quotes::subscribe(ws::Slot slot, protocol::QuotesCommand command) {
  auto span = reception_.traces().subscribe(slot, "quotes", command.symbols.size());
  const std::size_t most = max_subscriptions(slot);
  const bool too_long = command.symbols.size() > most;
  if (!too_long) {
    const auto denied = std::ranges::stable_partition(
        command.symbols, [&](const std::string& symbol) { return allows(slot, symbol); });
    command.denied.assign(denied.begin(), denied.end());
    command.symbols.erase(denied.begin(), denied.end());
  }
  if (too_long || subscriptions_.count(slot) + new_symbols(slot, command.symbols) > most) {
    send(slot, protocol::symbols_limit_error(most, command.id_json));
    return reception_.fault(slot);
  }
  subscribe_symbols(slot, command.symbols);
  span.accept(command.symbols.size());
  if (command.has_answer()) send(slot, protocol::quotes_subscribed(command.symbols, command.id_json));
  log(slot, "subscribe", command.symbols);
  send_refusals(slot, command);
  if (!command.snapshot) return;
  for (const std::string& symbol : command.symbols) send_snapshot(slot, symbol);
}

void Quotes::subscribe_symbols(ws::Slot slot, const std::vector<std::string>& symbols) {
  const hub::Terms terms{.whole = clients_[slot].form.all_fields};
  for (const std::string& symbol : symbols) {
    if (!subscriptions_.subscribe(slot, symbol, terms)) continue;
    if (subscriptions_.subscribers(subscriptions_.intern(symbol)).size() == 1) source_.subscribe(symbol);
  }
  count_subscriptions();
}

void Quotes::unsubscribe(ws::Slot slot, const protocol::QuotesCommand& command) {
  for (const std::string& symbol : command.symbols) drop_symbol(slot, symbol);
  count_subscriptions();
  if (command.has_answer()) send(slot, protocol::quotes_unsubscribed(command.symbols, command.id_json));
  log(slot, "unsubscribe", command.symbols);
  send_refusals(slot, command);
}

// With what the session was still to get of it.
void Quotes::drop_symbol(ws::Slot slot, const std::string& symbol) {
  const auto key = subscriptions_.unsubscribe(slot, symbol);
  if (!key) return;
  sessions_->drop_key(slot, *key);
  if (subscriptions_.subscribers(*key).empty()) source_.unsubscribe(symbol);
}

// A new token may be of a tier that allows less.
void Quotes::renew(ws::Slot slot, const protocol::QuotesCommand& command) {
  heartbeat_.touch(slot);
  if (reception_.renew(slot, command.token, command.id_json) == nullptr) return;
  std::vector<std::string> denied;
  subscriptions_.each_key(slot, [&](hub::KeyId key) {
    if (!allows(slot, subscriptions_.name(key))) denied.emplace_back(subscriptions_.name(key));
  });
  if (denied.empty()) return;
  for (const std::string& symbol : denied) drop_symbol(slot, symbol);
  count_subscriptions();
  send_denied(slot, denied, command.id_json);
}

bool Quotes::allows(ws::Slot slot, std::string_view symbol) const {
  const auth::Grant* const grant = reception_.grant(slot);
  return grant == nullptr || options_.tiers.allows(grant->tier, symbol);
}

std::size_t Quotes::max_subscriptions(ws::Slot slot) const {
  const auth::Grant* const grant = reception_.grant(slot);
  if (grant == nullptr || !grant->max_subscriptions) return options_.max_subscriptions;
  return std::min(options_.max_subscriptions, *grant->max_subscriptions);
}

std::size_t Quotes::new_symbols(ws::Slot slot, const std::vector<std::string>& symbols) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(symbols, [&](const std::string& symbol) { return !subscriptions_.has(slot, symbol); }));
}

bool Quotes::on_batch(const hub::SharedBatch& batch) {
  const std::uint64_t sent_before = counters_.updates_sent.value();
  for (const hub::Update& update : batch->updates) {
    traced(update, [&] { publish(update); });
    if (sessions_->crowded()) sessions_->flush();
  }
  counters_.keys.set(static_cast<std::int64_t>(subscriptions_.keys()));
  return counters_.updates_sent.value() != sent_before;
}

void Quotes::publish(const hub::Update& update) {
  const hub::KeyId key = subscriptions_.intern(update.key);
  subscriptions_.remember(key, update);
  const std::span<const hub::Subscriber> subscribers = subscriptions_.subscribers(key);
  if (subscribers.empty()) return;
  const protocol::Quote quote = protocol::unpacked(update.payload);
  ws::SharedFrame plain;
  ws::SharedFrame whole;
  for (const hub::Subscriber& subscriber : subscribers) {
    ws::SharedFrame& frame = subscriber.terms.whole ? whole : plain;
    if (!frame) frame = ws::SharedFrame(encode(key, update.key, quote, {.all_fields = subscriber.terms.whole}));
    sessions_->publish(subscriber.slot, frame);
    heartbeat_.touch(subscriber.slot);
  }
  counters_.events_broadcast.add();
  counters_.updates_sent.add(subscribers.size());
}

void Quotes::send_snapshot(ws::Slot slot, std::string_view symbol) {
  const hub::KeyId key = subscriptions_.intern(symbol);
  const hub::LastValue* const last = subscriptions_.last_value(key);
  if (last == nullptr || !sessions_->is_open(slot)) return;
  protocol::QuoteForm form = clients_[slot].form;
  form.snapshot = true;
  sessions_->publish(slot, encode(key, symbol, protocol::unpacked(last->payload), form));
  heartbeat_.touch(slot);
}

hub::FramePtr Quotes::encode(hub::KeyId key, std::string_view symbol, const protocol::Quote& quote,
                             protocol::QuoteForm form) {
  text_.clear();
  protocol::append_quote(text_, symbol, quote, form);
  hub::FrameSubject subject;
  subject.key = key;
  return ws::frame_of(ws::Opcode::text, text_, subject);
}

void Quotes::send(ws::Slot slot, std::string_view text) {
  sessions_->send(slot, text);
  heartbeat_.touch(slot);
}

void Quotes::send_refusals(ws::Slot slot, const protocol::QuotesCommand& command) {
  if (!command.refused.empty()) {
    send(slot, protocol::invalid_symbols_error(command.refused, command.id_json));
    reception_.fault(slot);
  }
  if (!command.denied.empty()) send_denied(slot, command.denied, command.id_json);
}

// An error for each, which together are one invalid message.
void Quotes::send_denied(ws::Slot slot, const std::vector<std::string>& denied, std::string_view id_json) {
  for (const std::string& symbol : denied) send(slot, protocol::denied_symbol_error(symbol, id_json));
  counters_.denied.add(denied.size());
  reception_.fault(slot);
}

void Quotes::on_tick() {
  heartbeat_.advance([this](ws::Slot slot) {
    if (sessions_->is_blocked(slot)) return;  // how long that may last is the outbox's matter
    counters_.heartbeats.add();
    sessions_->send(slot, protocol::kQuotesHeartbeat);
  });
  if (told_outage_ == feed_.outages || !in_outage()) return;
  told_outage_ = feed_.outages;
  counters_.outages_told.add();
  for (ws::Slot slot = 0; slot < clients_.size(); ++slot) {
    if (clients_[slot].here) tell_outage(slot);
  }
}

// Who came while there was no feed never had one.
void Quotes::tell_outage(ws::Slot slot) {
  if (source_.loss() == QuoteSource::Loss::told) return send(slot, protocol::kFeedUnavailable);
  const bool had_none = clients_[slot].opened_in == feed_.outages;
  send(slot, had_none ? protocol::kServiceUnavailable : protocol::kConnectionLost);
  counters_.outage_closes.add();
  sessions_->close(slot, protocol::CloseCause::try_again_later);
}

void Quotes::log(ws::Slot slot, std::string_view action, const std::vector<std::string>& symbols) const {
  if (!spdlog::should_log(spdlog::level::debug)) return;
  const auth::Grant* const grant = reception_.grant(slot);
  spdlog::debug("quotes user_id={} symbols=[{}] connection_id={} action={}", grant == nullptr ? "" : grant->user,
                fmt::join(symbols, ","), reception_.id(slot), action);
}

void Quotes::count_subscriptions() {
  counters_.subscriptions.set(static_cast<std::int64_t>(subscriptions_.total()));
  counters_.keys.set(static_cast<std::int64_t>(subscriptions_.keys()));
}

}  // namespace wsf::fanout
