// What becomes of a swarm's connections once they are subscribed: they stay, come back, or stop reading.

#include "base/clock.hpp"
#include "load/swarm.hpp"

#include <sys/epoll.h>

namespace wsf::load {

void Swarm::go_live(std::uint32_t slot, std::string_view answer) {
  Connection& connection = connections_[slot];
  connection.state = State::live;
  leave_flight(connection);
  if (connection.returns) {
    tally_.answered(number_of(slot), answer);
    progress_.returned.add();
    progress_.live.add(1);
    return;
  }
  progress_.subscribed.add();
  if (plan_.is_slow(number_of(slot))) return stall(slot);
  progress_.live.add(1);
}

// As when a load balancer dies: no close frames, and nobody waits for anybody else.
void Swarm::storm() {
  const std::int64_t now = base::steady_ns();
  for (std::uint32_t slot = 0; slot < connections_.size(); slot++) {
    if (connections_[slot].state != State::live) continue;
    drop(connections_[slot]);
    tally_.lose(number_of(slot));
    progress_.live.add(-1);
    come_back(slot, now);
  }
  progress_.stormed.store(true, std::memory_order_release);
}

void Swarm::come_back(std::uint32_t slot, std::int64_t at_ns) {
  connections_[slot].state = State::away;
  connections_[slot].returns = true;
  const std::int64_t now = base::steady_ns();
  const auto spread = at_ns > now ? static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(kReturnNs)) : 0;
  returning_.push({at_ns + spread, slot});
}

void Swarm::open_returning(std::int64_t now_ns) {
  for (std::uint32_t opened = 0; opened < kReturnsAtOnce && !returning_.empty(); opened++) {
    const auto [at_ns, slot] = returning_.top();
    if (at_ns > now_ns) return;
    returning_.pop();
    open(slot, base::steady_ns());
  }
}

// Only what needs no reading is watched for: a reset.
void Swarm::stall(std::uint32_t slot) {
  connections_[slot].state = State::stalled;
  progress_.stalled.add();
  watch(EPOLL_CTL_MOD, slot, 0);
}

void Swarm::thaw() {
  thawed_ = true;
  for (std::uint32_t slot = 0; slot < connections_.size(); slot++) {
    if (connections_[slot].state != State::stalled) continue;
    connections_[slot].state = State::thawed;
    watch(EPOLL_CTL_DEL, slot, 0);
    watch(EPOLL_CTL_ADD, slot, EPOLLIN);
  }
}

}  // namespace wsf::load
