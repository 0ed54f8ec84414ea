#include "fanout/notify/notify.hpp"

#include "protocol/replies.hpp"
#include "ws/shared_frame.hpp"

#include <utility>

namespace wsf::fanout {

Notify::Notify(const NotifyOptions& options, const ChannelFeedState& feed, UserChannels& channels, UserPlaces* places,
               Reception& reception, Route& route)
    : Protocol(route),
      options_(options),
      feed_(feed),
      channels_(channels),
      places_(places),
      reception_(reception),
      idle_(options.idle_timeout.count()) {}

void Notify::attach(ws::Sessions& sessions) {
  sessions_ = &sessions;
  idle_.attach(sessions);
}

void Notify::on_open(ws::Slot slot) {
  const auth::Grant* const grant = reception_.grant(slot);
  if (grant == nullptr) return sessions_->close(slot, protocol::CloseCause::unauthorized);
  if (slot >= clients_.size()) clients_.resize(sessions_->slots());
  clients_[slot] = {.user = grant->user, .opened_ms = sessions_->now_ms()};
  take_place(slot);
  users_[grant->user].push_back(slot);
  channels_.join(grant->user);
  reception_.traces().subscribe(slot, "notify", 1).accept(1);
  idle_.begin(slot);
  counters_.accepted.add();
  counters_.connections.add(1);
  counters_.subscriptions.add(1);
  counters_.users.set(static_cast<std::int64_t>(users_.size()));
  if (in_outage()) sessions_->send(slot, protocol::kFeedUnavailable);
}

void Notify::take_place(ws::Slot slot) {
  if (places_ == nullptr) return;
  Client& client = clients_[slot];
  client.place = places_->take(client.user, [this, slot](std::uint64_t place) { refused_.add({slot, place}); });
}

// The answer came later than the connection: the slot may be another's by now.
void Notify::close_refused() {
  for (const auto& [slot, place] : refused_.take()) {
    if (clients_[slot].place != place) continue;
    counters_.over_cluster_limit.add();
    sessions_->close(slot, protocol::CloseCause::user_connection_limit);
  }
}

void Notify::on_close(ws::Slot slot) {
  if (slot >= clients_.size() || clients_[slot].user.empty()) return;
  const Client client = std::exchange(clients_[slot], Client{});
  const auto user = users_.find(client.user);
  std::erase(user->second, slot);
  if (user->second.empty()) users_.erase(user);
  channels_.leave(client.user);
  if (places_ != nullptr) places_->release(client.user, client.place);
  idle_.end(slot);
  counters_.closed.add();
  counters_.connections.add(-1);
  counters_.subscriptions.add(-1);
  counters_.users.set(static_cast<std::int64_t>(users_.size()));
  counters_.connection_duration.record_ms(sessions_->now_ms() - client.opened_ms);
}

void Notify::on_text(ws::Slot slot, std::string_view text) {
  using Kind = protocol::NotifyCommand::Kind;
  idle_.touch(slot);
  const protocol::NotifyCommand command = protocol::parse_notify_command(text);
  if (command.kind == Kind::auth) {
    reception_.renew(slot, command.token, command.id_json);
    return;
  }
  if (command.kind != Kind::invalid) return;
  sessions_->send(slot, protocol::error("Invalid message format", "invalid_json", ""));
  reception_.fault(slot);
}

bool Notify::on_batch(const hub::SharedBatch& batch) {
  const std::uint64_t sent_before = counters_.updates_sent.value();
  for (const hub::Update& update : batch->updates) {
    traced(update, [&] { publish(update); });
    if (sessions_->crowded()) sessions_->flush();
  }
  close_overfull();
  return counters_.updates_sent.value() != sent_before;
}

void Notify::publish(const hub::Update& update) {
  const auto user = users_.find(update.key);
  if (user == users_.end()) return;
  ws::SharedFrame frame(ws::frame_of(ws::Opcode::text, update.payload));
  for (const ws::Slot slot : user->second) {
    sessions_->publish(slot, frame);
    idle_.touch(slot);
    if (sessions_->is_overfull(slot)) overfull_.push_back(slot);
  }
  counters_.events_broadcast.add();
  counters_.updates_sent.add(user->second.size());
  counters_.messages_sent.add(user->second.size());
}

// No message is left out silently: who cannot take them all learns it by the close, and fetches anew.
void Notify::close_overfull() {
  for (const ws::Slot slot : std::exchange(overfull_, {})) {
    if (!sessions_->is_open(slot)) continue;
    counters_.gaps.add();
    sessions_->close(slot, protocol::CloseCause::gap);
  }
}

void Notify::on_tick() {
  close_refused();
  idle_.advance([this](ws::Slot slot) {
    counters_.idle_timeouts.add();
    sessions_->close(slot, protocol::CloseCause::idle_timeout);
  });
  if (told_outage_ != feed_.outages && in_outage()) tell_outage();
}

void Notify::tell_outage() {
  told_outage_ = feed_.outages;
  counters_.outages_told.add();
  for (ws::Slot slot = 0; slot < clients_.size(); ++slot) {
    if (!clients_[slot].user.empty()) sessions_->send(slot, protocol::kFeedUnavailable);
  }
}

}  // namespace wsf::fanout
