#include "kafka/breaker.hpp"

namespace wsf::kafka {

bool Breaker::note(bool success, Clock::time_point now) {
  failures_ = success ? 0 : failures_ + 1;
  if (success) return state() == BreakerState::half_open && come_to(BreakerState::closed);
  const bool enough = limits_.failures > 0 && failures_ >= limits_.failures;
  if (state() == BreakerState::closed && !enough) return false;
  due_ = now + limits_.open_for;
  return come_to(BreakerState::open);
}

void Breaker::try_again() {
  come_to(BreakerState::half_open);
}

bool Breaker::come_to(BreakerState state) {
  state_.store(state, std::memory_order_relaxed);
  auto& count = came_to_[static_cast<std::size_t>(state)];
  count.store(count.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  return true;
}

}  // namespace wsf::kafka
