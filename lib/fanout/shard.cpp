#include "fanout/shard.hpp"

#include "base/check.hpp"
#include "base/clock.hpp"
#include "net/server_tls_store.hpp"
#include "ws/uring_kernel.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace wsf::fanout {
namespace {

constexpr std::int64_t kDrainPatienceMs = ws::Sessions::kCloseTimeoutMs + ws::Sessions::kLingerMs;

ws::SessionLimits limits_of(const Options& options) {
  ws::SessionLimits limits;
  limits.expected_sessions = options.max_connections;
  limits.outbox.outbox_bytes = options.outbox_bytes;
  limits.outbox.outbox_age_ms = options.outbox_age.count();
  limits.outbox.breaker.write_timeout_ms = options.write_timeout.count();
  limits.max_message_bytes = options.max_message_bytes;
  limits.handshake_timeout_ms = options.handshake_timeout.count();
  limits.heartbeat_ms = options.heartbeat.count();
  return limits;
}

std::unique_ptr<ws::EpollKernel> make_kernel(Options::Io io) {
  if (io == Options::Io::uring) return std::make_unique<ws::UringKernel>();
  return std::make_unique<ws::EpollKernel>();
}

std::unique_ptr<ws::TlsKernel> make_tls(ws::Kernel& base, const net::ServerTlsStore* store) {
  if (store == nullptr) return nullptr;
  return std::make_unique<ws::TlsKernel>(base, [store] { return store->current(); });
}

}  // namespace

Shard::Shard(const Options& options, ServerState& state, const Pages& pages, const std::vector<Service*>& services,
             const net::ServerTlsStore* tls)
    : options_(options),
      state_(state),
      kernel_(make_kernel(options.io)),
      tls_(make_tls(*kernel_, tls)),
      reception_(options, state, pages),
      sessions_(client_kernel(), reception_, limits_of(options), base::steady_ms()),
      update_traces_(state.tracer) {
  reception_.attach(sessions_);
  for (Service* service : services) {
    protocols_.push_back(service->make_protocol(reception_));
    reception_.add(*protocols_.back());
    protocols_.back()->attach(sessions_);
    protocols_.back()->trace_to(update_traces_);
  }
  boost::system::error_code ec;
  kernel_->watch(mailbox_.wake_fd(), kMailboxToken, ws::Interest::read, ec);
  base::check(!ec, "the loop can watch its own descriptors");
}

void Shard::show_to(ServerView& view) const {
  view.sessions.push_back(&sessions_.counters());
  if (tls_) view.tls.push_back(&tls_->counters());
  view.reception.push_back(&reception_.counters());
  view.stages.push_back(&stages_);
  for (const auto& protocol : protocols_) view.protocols.push_back(&protocol->counters());
}

Shard::~Shard() {
  if (thread_.joinable()) thread_.join();
}

void Shard::accept_from(ws::Listener& listener, Entrance::Sockets sockets, Entrance::HandOver hand_over) {
  entrance_ =
      std::make_unique<Entrance>(listener, *kernel_, options_, state_, std::move(sockets), std::move(hand_over));
}

void Shard::start() {
  thread_ = std::thread([this] { run(); });
}

void Shard::adopt(int fd, const Guest& guest) {
  if (runs_on_ == std::this_thread::get_id()) return adopt_here(fd, guest);
  mailbox_.post([this, fd, guest] { adopt_here(fd, guest); });
}

void Shard::adopt_here(int fd, const Guest& guest) {
  if (const auto slot = sessions_.adopt(fd)) return reception_.seat(*slot, guest);
  if (guest.counted) state_.addresses.leave(guest.address);
}

void Shard::drain(std::chrono::milliseconds window) {
  mailbox_.post([this, window] { begin_drain(window); });
}

void Shard::run() {
  runs_on_ = std::this_thread::get_id();
  while (!finished_) round();
}

void Shard::round() {
  std::span<const ws::ReadyEvent> events = kernel_->wait(patience_ms());
  if (tls_) events = tls_->translate(events);
  const std::int64_t now_ms = base::steady_ms();
  sessions_.advance(now_ms);
  if (now_ms - ticked_ms_ >= kTickMs) {
    ticked_ms_ = now_ms;
    reception_.on_tick();
    for (const auto& protocol : protocols_) protocol->on_tick();
    if (entrance_) entrance_->on_tick(now_ms);
  }
  bool post = more_post_;
  for (const ws::ReadyEvent& event : events) {
    if (event.token == kMailboxToken) {
      mailbox_.clear_wake();
      post = true;
    } else if (!entrance_ || !entrance_->on_ready(event, now_ms)) {
      sessions_.on_ready(event);
    }
  }
  if (post) take_post();
  for (const auto& protocol : protocols_) protocol->send_due();
  if (drain_.on) drain_some(now_ms);
  stages_.around([this] { sessions_.flush(); });
  update_traces_.flushed();
  rounds_.fetch_add(1, std::memory_order_relaxed);
  if (drain_.on && drained(now_ms)) finished_ = true;
}

// How long a round may wait for something to happen.
int Shard::patience_ms() const {
  if (more_post_) return 0;
  const int tick_ms = sessions_.empty() && !drain_.on ? 20 * kTickMs : kTickMs;
  std::int64_t patience_ms = tick_ms;
  for (const auto& protocol : protocols_) {
    if (const auto due_ms = protocol->next_due_ms()) {
      patience_ms = std::clamp<std::int64_t>(*due_ms - base::steady_ms(), 0, patience_ms);
    }
  }
  return static_cast<int>(patience_ms);
}

void Shard::take_post() {
  for (const Mailbox::Task& task : mailbox_.take_tasks()) task();
  hub::SharedBatch batch;
  std::size_t updates = 0;
  while (updates < kUpdatesPerFlush && mailbox_.take(batch)) {
    updates += batch->updates.size();
    if (batch->traced) update_traces_.taken();
    if (protocols_[batch->service]->on_batch(batch)) stages_.queued(batch->received_ns);
  }
  more_post_ = updates >= kUpdatesPerFlush;
}

void Shard::begin_drain(std::chrono::milliseconds window) {
  drain_.on = true;
  drain_.began_ms = sessions_.now_ms();
  drain_.window_ms = window.count();
  for (ws::Slot slot = 0; slot < sessions_.slots(); ++slot) {
    if (sessions_.is_open(slot)) drain_.slots.push_back(slot);
  }
}

// The first at once, the last at the end of the window.
void Shard::drain_some(std::int64_t now_ms) {
  const std::size_t count = drain_.slots.size();
  const std::int64_t passed_ms = now_ms - drain_.began_ms;
  const std::size_t due = passed_ms >= drain_.window_ms
                              ? count
                              : std::min(count, 1 + count * static_cast<std::size_t>(passed_ms) /
                                                        static_cast<std::size_t>(drain_.window_ms));
  for (; drain_.closed < due; ++drain_.closed) {
    sessions_.close(drain_.slots[drain_.closed], protocol::CloseCause::service_restart);
  }
}

bool Shard::drained(std::int64_t now_ms) const {
  if (drain_.closed < drain_.slots.size()) return false;
  return sessions_.empty() || now_ms >= drain_.began_ms + drain_.window_ms + kDrainPatienceMs;
}

}  // namespace wsf::fanout
