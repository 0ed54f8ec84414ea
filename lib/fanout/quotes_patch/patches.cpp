#include "fanout/quotes_patch/patches.hpp"

#include "base/clock.hpp"
#include "base/identifier.hpp"
#include "fanout/quotes_patch/patch_wish.hpp"
#include "protocol/notify.hpp"
#include "protocol/replies.hpp"
#include "ws/shared_frame.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace wsf::fanout {
namespace {

constexpr std::int64_t kIdleCountMs = 1'000;
constexpr std::int64_t kNsPerUs = 1'000;

}  // namespace

Patches::Patches(const QuotesPatchOptions& options, std::span<const SymbolQuote> first, SymbolWatch& watch,
                 Reception& reception, Route& route)
    : Protocol(route), options_(options), watch_(watch), reception_(reception), idle_(options.idle_timeout.count()) {
  for (const auto& [symbol, quote] : first) board_.put(symbol, quote, 0);
}

void Patches::attach(ws::Sessions& sessions) {
  sessions_ = &sessions;
  idle_.attach(sessions);
}

ws::SessionProfile Patches::profile(const ws::SessionProfile& usual) {
  ws::SessionProfile own = usual;
  own.heartbeat_ms = options_.health_interval.count();
  own.breaker.failures = options_.breaker_threshold;
  own.context = true;
  own.traffic = &counters_.traffic;
  return own;
}

std::optional<ws::HttpReply> Patches::refuse(const ws::HttpRequest& request, const auth::Grant* /*grant*/) {
  auto read = read_wish(request.query, board_, options_.max_symbols);
  if (auto* const refusal = std::get_if<ws::HttpReply>(&read)) {
    counters_.refused.add();
    return std::move(*refusal);
  }
  auto& [wish, unknown] = std::get<ReadWish>(read);
  arriving_ = std::move(wish);
  if (!unknown.empty()) say_unknown(unknown);
  return std::nullopt;
}

void Patches::say_unknown(const std::vector<std::string>& symbols) {
  counters_.unknown_symbols.add(symbols.size());
  std::vector<std::string> names;
  for (const std::string& symbol : symbols) {
    if (base::is_symbol(symbol) && names.size() < 5) names.push_back(symbol);
  }
  const auto kept_back = unknown_log_.allow("unknown", base::LogLimiter::Clock::now());
  if (!kept_back) return;
  spdlog::warn("a client asked for symbols that are not known, and were left out: {}",
               names.empty() ? "none has the form of one" : fmt::format("{}", fmt::join(names, ", ")));
}

void Patches::on_open(ws::Slot slot) {
  const PatchWish wish = std::exchange(arriving_, {});
  const GroupId id = groups_.join(slot, wish, board_.version());
  if (groups_[id].members.size() == 1) {
    for (const SymbolId symbol : wish.symbols) watch_.add(board_.symbol(symbol));
  }
  idle_.begin(slot);
  reception_.traces().subscribe(slot, "quotes-patch", wish.symbols.size()).accept(wish.symbols.size());
  counters_.accepted.add();
  counters_.connections.add(1);
  counters_.subscriptions.add(static_cast<std::int64_t>(wish.symbols.size()));
  counters_.groups.set(static_cast<std::int64_t>(groups_.count()));
  text_ = protocol::kPatchBegin;
  for (const SymbolId symbol : wish.symbols) {
    if (symbol != wish.symbols.front()) text_ += ',';
    protocol::append_add(text_, board_.symbol(symbol), board_.quote(symbol), wish.form.fields);
  }
  text_ += protocol::kPatchEnd;
  sessions_->send(slot, text_);
}

void Patches::on_close(ws::Slot slot) {
  const GroupId id = groups_.of(slot);
  const std::vector<SymbolId> symbols = groups_[id].wish.symbols;
  const bool last = groups_[id].members.size() == 1;
  // What waits there would be made anew by a group that the session has left.
  if (sessions_->is_conflating(slot)) sessions_->drop_key(slot, id);
  groups_.leave(slot);
  idle_.end(slot);
  if (last) {
    for (const SymbolId symbol : symbols) watch_.remove(board_.symbol(symbol));
  }
  counters_.connections.add(-1);
  counters_.subscriptions.add(-static_cast<std::int64_t>(symbols.size()));
  counters_.groups.set(static_cast<std::int64_t>(groups_.count()));
}

// Nothing is asked of what a client says, but that it be JSON.
void Patches::on_text(ws::Slot slot, std::string_view text) {
  using Kind = protocol::NotifyCommand::Kind;
  idle_.touch(slot);
  const protocol::NotifyCommand command = protocol::parse_notify_command(text);
  if (command.kind == Kind::auth) {
    reception_.renew(slot, command.token, command.id_json);
  } else if (command.kind == Kind::invalid) {
    sessions_->send(slot, protocol::error("Invalid message format", "invalid_json", ""));
    reception_.fault(slot);
  }
}

bool Patches::on_batch(const hub::SharedBatch& batch) {
  const std::uint64_t sent_before = counters_.updates_sent.value();
  Updates rest = batch->updates;
  while (!rest.empty()) {
    const auto end = std::ranges::find_if(
        rest, [&](const hub::Update& update) { return update.position.offset != rest.front().position.offset; });
    const auto size = static_cast<std::size_t>(end - rest.begin());
    tell(rest.first(size));
    rest = rest.subspan(size);
    if (sessions_->crowded()) sessions_->flush();
  }
  if (counters_.updates_sent.value() == sent_before) return false;
  counters_.batches.add();
  counters_.latency_us.add(static_cast<std::uint64_t>((base::steady_ns() - batch->received_ns) / kNsPerUs));
  return true;
}

void Patches::tell(Updates event) {
  const std::int64_t version = event.front().position.offset;
  for (const hub::Update& update : event) {
    const auto symbol = board_.put(update.key, protocol::unpacked(update.payload), version);
    if (!symbol || board_.changed_since(*symbol, version - 1).empty()) continue;
    for (const GroupId id : groups_.watching(*symbol)) {
      if (!std::exchange(groups_[id].touched, true)) touched_.push_back(id);
    }
  }
  counters_.keys.set(static_cast<std::int64_t>(board_.symbols()));
  traced(event.front(), [this] {
    for (const GroupId id : touched_) publish(id);
  });
  touched_.clear();
}

void Patches::publish(GroupId id) {
  PatchGroup& group = groups_[id];
  group.touched = false;
  if (!write_patch(group.wish, group.version)) return;
  hub::FrameSubject subject;
  subject.key = id;
  subject.position = base::Position(0, board_.version());
  subject.previous = base::Position(0, group.version);
  subject.remaker = this;
  group.version = board_.version();
  ws::SharedFrame frame(ws::frame_of(ws::Opcode::text, text_, subject));
  bool remember = false;
  for (const ws::Slot slot : group.members) {
    sessions_->publish_next(slot, frame, group.history);
    remember = remember || sessions_->keeps_context(slot);
    idle_.touch(slot);
  }
  if (remember) group.remember(text_);
  counters_.patches_made.add();
  counters_.events_broadcast.add();
  counters_.updates_sent.add(group.members.size());
}

// False: nothing that is wished for has changed since the version.
bool Patches::write_patch(const PatchWish& wish, std::int64_t since) const {
  text_ = protocol::kPatchBegin;
  for (const SymbolId symbol : wish.symbols) {
    const protocol::QuoteFields changed = board_.changed_since(symbol, since) & wish.form.fields;
    if (changed.empty()) continue;
    if (text_.size() > protocol::kPatchBegin.size()) text_ += ',';
    protocol::append_change(text_, board_.symbol(symbol), board_.quote(symbol), board_.patch(symbol), changed,
                            wish.form);
  }
  if (text_.size() == protocol::kPatchBegin.size()) return false;
  text_ += protocol::kPatchEnd;
  return true;
}

// From the version that a client has to the newest quotes: one step, however many it missed.
hub::FramePtr Patches::remake(const hub::Frame& newest, std::uint32_t conflated,
                              const std::optional<base::Position>& previous) const {
  hub::FrameSubject subject = newest.subject();
  subject.conflated = conflated;
  subject.previous = previous;
  write_patch(groups_[subject.key].wish, previous->offset);
  counters_.patches_remade.add();
  return ws::frame_of(ws::Opcode::text, text_, subject);
}

void Patches::on_tick() {
  idle_.advance([this](ws::Slot slot) {
    counters_.idle_timeouts.add();
    sessions_->close(slot, protocol::CloseCause::idle_timeout);
  });
  if (sessions_->now_ms() - idle_counted_ms_ >= kIdleCountMs) count_idle();
}

void Patches::count_idle() {
  idle_counted_ms_ = sessions_->now_ms();
  const std::int64_t before_ms = idle_counted_ms_ - std::max<std::int64_t>(options_.health_interval.count(), 1);
  std::int64_t idle = 0;
  groups_.for_each_member([&](ws::Slot slot) { idle += idle_.active_ms(slot) < before_ms ? 1 : 0; });
  counters_.idle.set(idle);
}

}  // namespace wsf::fanout
