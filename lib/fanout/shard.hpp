#pragma once
// One thread with its own sessions and subscriptions; it shares nothing on the way of an update. Its loop: wait for
// sockets and post, handle both, turn the clock, write what came together.

#include "fanout/door/entrance.hpp"
#include "fanout/door/reception.hpp"
#include "fanout/mailbox.hpp"
#include "fanout/server_view.hpp"
#include "fanout/service.hpp"
#include "fanout/stage_times.hpp"
#include "fanout/tracing/update_traces.hpp"
#include "ws/kernel.hpp"
#include "ws/listener.hpp"
#include "ws/sessions.hpp"
#include "ws/tls_kernel.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace wsf::net {
class ServerTlsStore;
}

namespace wsf::fanout {

class Shard {
 public:
  // Updates taken from the mailbox before what they queued is written: more in one write, but none waits long.
  static constexpr std::size_t kUpdatesPerFlush = 2048;
  static constexpr int kTickMs = 50;

  // Serves a protocol of each of the services, which must outlive it. Batches name them by their places here. With
  // `tls`, clients must speak it.
  Shard(const Options& options, ServerState& state, const Pages& pages, const std::vector<Service*>& services,
        const net::ServerTlsStore* tls = nullptr);
  ~Shard();  // joins; the thread must have been told to end
  Shard(const Shard&) = delete;
  Shard& operator=(const Shard&) = delete;

  // Before start(): this shard accepts for all.
  void accept_from(ws::Listener& listener, Entrance::Sockets sockets, Entrance::HandOver hand_over);
  void start();

  // Any thread.
  void adopt(int fd, const Guest& guest);
  // Closes all sessions with 1012, evenly over `window`; the thread ends when the last is gone or patience is.
  void drain(std::chrono::milliseconds window);
  // Any feed's thread. False: the shard is too far behind.
  bool post(const hub::SharedBatch& batch) { return mailbox_.post(batch); }

  bool finished() const { return finished_; }
  std::uint64_t rounds() const { return rounds_.load(std::memory_order_relaxed); }  // grows while the loop lives
  const ws::SessionCounters& counters() const { return sessions_.counters(); }
  // Before start(), and before anybody looks.
  void show_to(ServerView& view) const;

 private:
  static constexpr ws::Token kMailboxToken = ~ws::Token{0};

  void run();
  void round();
  int patience_ms() const;
  void adopt_here(int fd, const Guest& guest);
  void take_post();
  void begin_drain(std::chrono::milliseconds window);
  void drain_some(std::int64_t now_ms);
  bool drained(std::int64_t now_ms) const;

  ws::Kernel& client_kernel() { return tls_ ? static_cast<ws::Kernel&>(*tls_) : *kernel_; }

  const Options& options_;
  ServerState& state_;
  std::unique_ptr<ws::EpollKernel> kernel_;
  std::unique_ptr<ws::TlsKernel> tls_;  // over kernel_, for the sessions; none: they use that
  Mailbox mailbox_;
  Reception reception_;
  std::vector<std::unique_ptr<Protocol>> protocols_;
  ws::Sessions sessions_;
  std::unique_ptr<Entrance> entrance_;  // of the shard that accepts

  struct Drain {
    bool on = false;
    std::vector<ws::Slot> slots;
    std::size_t closed = 0;
    std::int64_t began_ms = 0;
    std::int64_t window_ms = 0;
  } drain_;

  StageTimes stages_;
  UpdateTraces update_traces_;
  bool more_post_ = false;
  std::int64_t ticked_ms_ = 0;
  std::atomic<bool> finished_{false};
  std::atomic<std::uint64_t> rounds_{0};
  std::atomic<std::thread::id> runs_on_{};  // known once it runs; thread_ is written meanwhile
  std::thread thread_;
};

}  // namespace wsf::fanout
