#include "fanout/door/reception.hpp"

#include "auth/credential.hpp"
#include "auth/key_store.hpp"
#include "base/clock.hpp"
#include "fanout/door/request_rules.hpp"
#include "protocol/fx_rates.hpp"
#include "ws/forwarded.hpp"
#include "ws/query.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

namespace wsf::fanout {
namespace {

constexpr std::string_view kSubprotocol = "wsfanout.v1";
constexpr std::int64_t kMsPerS = 1000;

// Several rows share a code, so the reason tells them apart.
std::size_t close_row_of(const ws::Ending& ending) {
  if (ending.by_peer) return static_cast<std::size_t>(protocol::CloseCause::bye);
  const auto* row = std::ranges::find_if(protocol::kCloseTable, [&](const protocol::CloseRow& one) {
    return number(one.code) == ending.code && one.reason == ending.reason;
  });
  return static_cast<std::size_t>(row - protocol::kCloseTable.begin());
}

// Neither end meant it.
bool is_failure(const ws::Ending& ending) {
  using protocol::CloseCause;
  static constexpr std::array kMeant{CloseCause::bye, CloseCause::idle_timeout, CloseCause::service_restart,
                                     CloseCause::token_expired};
  return std::ranges::none_of(
      kMeant, [&](CloseCause cause) { return close_row_of(ending) == static_cast<std::size_t>(cause); });
}

std::int64_t epoch_s() {
  return base::epoch_ms() / kMsPerS;
}

// RFC 6750 section 3: one that brought nothing is told no reason.
ws::HttpReply unauthorized(auth::Refusal refusal) {
  std::string challenge = R"(WWW-Authenticate: Bearer realm="wsfanout")";
  if (refusal != auth::Refusal::missing) {
    challenge += fmt::format(R"(, error="invalid_token", error_description="{}")", describe(refusal));
  }
  return ws::plain_reply(401, describe(refusal), challenge + "\r\n");
}

}  // namespace

Reception::Reception(const Options& options, ServerState& state, const Pages& pages)
    : options_(options), state_(state), pages_(pages), traces_(state.tracer) {}

ws::RequestAnswer Reception::on_request(ws::Slot slot, const ws::HttpRequest& request) {
  if (auto refusal = break_of_rules(request)) return *refusal;
  if (auto refusal = count_forwarded(slot, request)) return *refusal;
  const Served* const served = serving(request.path);
  if (served == nullptr && options_.admin) return ws::plain_reply(404, "no such path");
  if (served == nullptr) return pages_.answer(request);
  traces_.arrive(request);
  arriving_ = Client{};
  ws::RequestAnswer answer = let_in(*served, request);
  traces_.answer(answer, arriving_.grant.get());
  return answer;
}

ws::RequestAnswer Reception::let_in(const Served& served, const ws::HttpRequest& request) {
  Protocol& protocol = *served.protocol;
  if (auto refusal = ws::refuse_upgrade(request)) return *refusal;
  if (!ws::origin_allowed(request, protocol.route().options.allowed_origins))
    return ws::plain_reply(403, "Origin not allowed");
  if (state_.draining) return ws::plain_reply(503, "shutting down", "Retry-After: 1\r\n");
  arriving_.protocol = &protocol;
  if (auth::KeyStore* const keys = protocol.route().keys) {
    auto grant = identify(*keys, request);
    if (const auto* refusal = std::get_if<auth::Refusal>(&grant)) return unauthorized(*refusal);
    arriving_.grant = std::make_unique<const auth::Grant>(std::get<auth::Grant>(std::move(grant)));
  }
  if (auto refusal = protocol.refuse(request, arriving_.grant.get())) return *refusal;
  ws::Upgrade upgrade;
  upgrade.profile = served.profile;
  if (ws::lists(request.subprotocols, kSubprotocol)) upgrade.subprotocol = kSubprotocol;
  if (options_.compress) upgrade.deflate = ws::accept_deflate(request.extensions);
  return upgrade;
}

void Reception::seat(ws::Slot slot, const Guest& guest) {
  if (!state_.addresses.on()) return;
  if (slot >= guests_.size()) guests_.resize(sessions_->slots());
  guests_[slot] = guest;
}

// A trusted proxy's connection counts for the client that its request names.
std::optional<ws::HttpReply> Reception::count_forwarded(ws::Slot slot, const ws::HttpRequest& request) {
  if (slot >= guests_.size() || guests_[slot].counted) return std::nullopt;
  if (request.forwarded.empty() && request.forwarded_for.empty()) return std::nullopt;  // the proxy's own
  Guest& guest = guests_[slot];
  guest.address = ws::client_of(guest.address, request, options_.trusted_proxies);
  const AddressLimits::Verdict verdict = state_.addresses.enter(guest.address, sessions_->now_ms());
  guest.counted = verdict == AddressLimits::Verdict::in;
  if (guest.counted) return std::nullopt;
  const bool too_many = verdict == AddressLimits::Verdict::too_many;
  (too_many ? counters_.over_address_limit : counters_.over_address_rate).add();
  return ws::plain_reply(
      429, too_many ? "too many connections from this address" : "too many new connections from this address",
      "Retry-After: 1\r\n");
}

void Reception::on_gone(ws::Slot slot) {
  if (slot >= guests_.size()) return;
  const Guest guest = std::exchange(guests_[slot], {});
  if (guest.counted) state_.addresses.leave(guest.address);
}

const Reception::Served* Reception::serving(std::string_view path) const {
  const auto found =
      std::ranges::find_if(served_, [path](const Served& one) { return one.protocol->route().options.path == path; });
  return found == served_.end() ? nullptr : &*found;
}

std::variant<auth::Grant, auth::Refusal> Reception::identify(auth::KeyStore& keys, const ws::HttpRequest& request) {
  const std::vector<std::string> tokens = ws::query_values(request.query, "token");
  const auto credential = auth::find_credential({.authorization = request.authorization,
                                                 .api_key = request.api_key,
                                                 .token_parameters = {tokens.begin(), tokens.end()},
                                                 .subprotocols = request.subprotocols});
  if (const auto* refusal = std::get_if<auth::Refusal>(&credential)) {
    counters_.refusals[static_cast<std::size_t>(*refusal)].add();
    return *refusal;
  }
  const auto& found = std::get<auth::Credential>(credential);
  auto grant = look_at(keys, found);
  if (std::holds_alternative<auth::Grant>(grant)) {
    (found.kind == auth::Credential::Kind::token ? counters_.tokens_accepted : counters_.api_keys_accepted).add();
  }
  return grant;
}

std::variant<auth::Grant, auth::Refusal> Reception::look_at(auth::KeyStore& keys,
                                                            const auth::Credential& credential) {
  auto grant = keys.gate()->admit(credential, epoch_s());
  if (const auto* refusal = std::get_if<auth::Refusal>(&grant)) {
    counters_.refusals[static_cast<std::size_t>(*refusal)].add();
    if (*refusal == auth::Refusal::unknown_key) keys.miss_key();
    spdlog::debug("credential refused: {}", name(*refusal));
  }
  return grant;
}

void Reception::on_open(ws::Slot slot) {
  if (slot >= clients_.size()) clients_.resize(sessions_->slots());
  Client& client = clients_[slot];
  client = std::exchange(arriving_, Client{});
  Protocol* const protocol = std::exchange(client.protocol, nullptr);
  const bool admitted = admit(slot, protocol->route());
  traces_.opened(slot, admitted);
  if (!admitted) return;
  client.protocol = protocol;
  client.id = new_id_();
  if (client.grant) set_end(slot);
  spdlog::debug("WebSocket connection established: {}", boost::uuids::to_string(client.id));
  protocol->on_open(slot);
}

// Counts the client, or closes it because there are too many.
bool Reception::admit(ws::Slot slot, Route& route) {
  const auto& grant = clients_[slot].grant;
  const bool too_many = state_.admitted.fetch_add(1) >= options_.max_connections;
  const bool too_many_here = route.admitted.fetch_add(1) >= route.options.max_connections;
  if (too_many || too_many_here) {
    counters_.over_connection_limit.add();
    sessions_->close(slot, protocol::CloseCause::try_again_later);
  } else if (grant && route.options.max_connections_per_user > 0 &&
             !route.users.enter(grant->user, route.options.max_connections_per_user)) {
    counters_.over_user_limit.add();
    sessions_->close(slot, protocol::CloseCause::user_connection_limit);
  } else {
    return true;
  }
  state_.admitted.fetch_sub(1);
  route.admitted.fetch_sub(1);
  return false;
}

void Reception::on_text(ws::Slot slot, std::string_view text) {
  Client& client = clients_[slot];
  if (client.protocol == nullptr) return;
  if (options_.max_message_rate > 0 && !client.messages.take(options_.max_message_rate, sessions_->now_ms())) {
    counters_.over_message_rate.add();
    sessions_->send(slot, protocol::error("Too many messages", "rate_limited", ""));
    return fault(slot);
  }
  client.protocol->on_text(slot, text);
}

void Reception::on_binary(ws::Slot slot, std::string_view) {
  sessions_->close(slot, protocol::CloseCause::binary_frame);
}

void Reception::on_close(ws::Slot slot, const ws::Ending& ending) {
  Client& client = clients_[slot];
  counters_.closes[close_row_of(ending)].add();
  Protocol* const protocol = std::exchange(client.protocol, nullptr);
  if (protocol == nullptr) return;
  Route& route = protocol->route();
  if (is_failure(ending)) route.failed.fetch_add(1);
  state_.admitted.fetch_sub(1);
  route.admitted.fetch_sub(1);
  if (client.grant && route.options.max_connections_per_user > 0) route.users.leave(client.grant->user);
  if (client.ends_s != 0) ends_.erase({client.ends_s, slot});
  protocol->on_close(slot);
  traces_.closed(slot);
  client.grant.reset();
  spdlog::debug("WebSocket connection closed: {} code={} by={}", boost::uuids::to_string(client.id), ending.code,
                ending.by_peer ? "client" : "server");
}

void Reception::on_tick() {
  close_expired();
  for (Served& one : served_) {
    const auth::KeyStore* const keys = one.protocol->route().keys;
    if (keys == nullptr || keys->reloads() == one.keys_seen) continue;
    one.keys_seen = keys->reloads();
    close_unheld(*one.protocol, *keys->gate());
  }
}

void Reception::close_unheld(const Protocol& protocol, const auth::Gate& gate) {
  for (ws::Slot slot = 0; slot < clients_.size(); ++slot) {
    const Client& client = clients_[slot];
    if (client.protocol != &protocol || client.grant == nullptr || gate.upholds(*client.grant)) continue;
    sessions_->close(slot, protocol::CloseCause::unauthorized);
  }
}

void Reception::close_expired() {
  const std::int64_t now_s = epoch_s();
  while (!ends_.empty() && ends_.begin()->first <= now_s) {
    const ws::Slot slot = ends_.begin()->second;
    ends_.erase(ends_.begin());
    clients_[slot].ends_s = 0;
    sessions_->close(slot, protocol::CloseCause::token_expired);
  }
}

std::string Reception::id(ws::Slot slot) const {
  return boost::uuids::to_string(clients_[slot].id);
}

const auth::Grant* Reception::renew(ws::Slot slot, std::string_view token, std::string_view id_json) {
  const auto taken = take_token(slot, token);
  if (const auto* refusal = std::get_if<auth::Refusal>(&taken)) {
    const bool other = *refusal == auth::Refusal::no_user;
    sessions_->send(
        slot, protocol::error(other ? "the token is another user's" : describe(*refusal), "auth_failed", id_json));
    fault(slot);
    return nullptr;
  }
  const auth::Grant* const grant = std::get<const auth::Grant*>(taken);
  sessions_->send(slot, protocol::authenticated(grant->user, grant->expires_s, id_json));
  return grant;
}

// no_user: of another user.
std::variant<const auth::Grant*, auth::Refusal> Reception::take_token(ws::Slot slot, std::string_view token) {
  Client& client = clients_[slot];
  auth::KeyStore* const keys = client.protocol->route().keys;
  if (keys == nullptr || client.grant == nullptr) return auth::Refusal::unsupported;
  auto grant = look_at(*keys, {auth::Credential::Kind::token, std::string(token)});
  if (const auto* refusal = std::get_if<auth::Refusal>(&grant)) return *refusal;
  if (std::get<auth::Grant>(grant).user != client.grant->user) return auth::Refusal::no_user;
  client.grant = std::make_unique<const auth::Grant>(std::get<auth::Grant>(std::move(grant)));
  set_end(slot);
  counters_.tokens_renewed.add();
  return client.grant.get();
}

// At exp; of a token that was within its leeway already, at the end of that.
void Reception::set_end(ws::Slot slot) {
  Client& client = clients_[slot];
  if (client.ends_s != 0) ends_.erase({std::exchange(client.ends_s, 0), slot});
  if (!client.grant->expires_s) return;
  const std::int64_t expires_s = *client.grant->expires_s;
  client.ends_s =
      expires_s > epoch_s() ? expires_s : expires_s + client.protocol->route().options.keys.rules.leeway_s;
  ends_.insert({client.ends_s, slot});
}

void Reception::fault(ws::Slot slot) {
  counters_.invalid_messages.add();
  Client& client = clients_[slot];
  const std::int64_t now_ms = sessions_->now_ms();
  if (now_ms - client.errors_since_ms > kErrorWindowMs) {
    client.errors = 0;
    client.errors_since_ms = now_ms;
  }
  if (++client.errors > options_.max_errors) sessions_->close(slot, protocol::CloseCause::too_many_errors);
}

}  // namespace wsf::fanout
