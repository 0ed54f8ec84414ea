#pragma once
// The way in: accepts for all shards, and closes what is above a limit before TLS, HTTP or a session cost anything.
// Behind a balancer that speaks the PROXY protocol a connection waits here until its header has come. On the
// accepting shard's thread only.

#include "fanout/door/guest.hpp"
#include "fanout/options.hpp"
#include "fanout/server_state.hpp"
#include "hub/token_bucket.hpp"
#include "ws/kernel.hpp"
#include "ws/listener.hpp"

#include <cstdint>
#include <functional>
#include <unordered_map>

namespace wsf::fanout {

class Entrance {
 public:
  static constexpr int kAcceptsPerRound = 128;
  static constexpr std::int64_t kPauseMs = 100;     // after descriptors ran out
  static constexpr std::size_t kMaxWaiting = 1024;  // for the header of their proxy

  using HandOver = std::function<void(int fd, const Guest&)>;
  using Sockets = std::function<std::uint64_t()>;  // that there are now, on all shards

  Entrance(ws::Listener& listener, ws::EpollKernel& kernel, const Options& options, ServerState& state,
           Sockets sockets, HandOver hand_over);
  ~Entrance();
  Entrance(const Entrance&) = delete;
  Entrance& operator=(const Entrance&) = delete;

  // Whether the event was ours.
  bool on_ready(const ws::ReadyEvent& event, std::int64_t now_ms);
  void on_tick(std::int64_t now_ms);

 private:
  struct Waiting {
    Guest guest;
    std::int64_t until_ms = 0;
  };

  // Neither is a session's: no slot is so high.
  static constexpr ws::Token kListenerToken = ~ws::Token{0} - 1;
  static constexpr std::uint32_t kWaitingMark = 0xFFFF'FFFD;  // the low half; the high one is the descriptor
  static ws::Token token_of(int fd) { return (static_cast<ws::Token>(fd) << 32) | kWaitingMark; }

  void accept(std::int64_t now_ms);
  void receive(int fd, Guest guest, std::int64_t now_ms);
  void wait_for_header(int fd, const Guest& guest, std::int64_t now_ms);
  void look_at_header(int fd, std::int64_t now_ms);
  void let_in(int fd, Guest guest, std::int64_t now_ms);
  void shed(int fd, Shed cause);

  ws::Listener& listener_;
  ws::EpollKernel& kernel_;
  const Options& options_;
  ServerState& state_;
  Sockets sockets_;
  HandOver hand_over_;
  hub::TokenBucket rate_;
  std::unordered_map<int, Waiting> waiting_;  // by descriptor
  std::int64_t accept_again_ms_ = 0;          // 0: accepting
};

}  // namespace wsf::fanout
