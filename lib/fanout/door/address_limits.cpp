#include "fanout/door/address_limits.hpp"

namespace wsf::fanout {

AddressLimits::Verdict AddressLimits::enter(const ws::IpAddress& address, std::int64_t now_ms) {
  const ws::IpAddress block = ws::block_of(address);
  const std::lock_guard lock(mutex_);
  if (idle_ >= kMaxIdle) forget_idle();
  const auto [at, is_new] = table_.try_emplace(block);
  Entry& entry = at->second;
  if (is_new) ++idle_;
  if (most_connections_ > 0 && entry.connections >= most_connections_) return Verdict::too_many;
  if (rate_per_s_ > 0 && !entry.bucket.take(rate_per_s_, now_ms)) return Verdict::too_fast;
  if (entry.connections++ == 0) --idle_;
  return Verdict::in;
}

void AddressLimits::leave(const ws::IpAddress& address) {
  const std::lock_guard lock(mutex_);
  const auto at = table_.find(ws::block_of(address));
  if (--at->second.connections > 0) return;
  if (rate_per_s_ > 0) {
    ++idle_;
  } else {
    table_.erase(at);
  }
}

void AddressLimits::forget_idle() {
  std::erase_if(table_, [](const auto& one) { return one.second.connections == 0; });
  idle_ = 0;
}

}  // namespace wsf::fanout
