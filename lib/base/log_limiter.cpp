#include "base/log_limiter.hpp"

namespace wsf::base {

std::optional<std::uint64_t> LogLimiter::allow(std::string_view cause, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  auto at = causes_.find(cause);
  if (at == causes_.end()) {
    if (causes_.size() >= kMaxCauses) cause = "other";
    const auto [entry, fresh] = causes_.try_emplace(std::string(cause), Seen{now, 0});
    if (fresh) return 0;
    at = entry;
  }
  Seen& seen = at->second;
  if (now - seen.last < period_) {
    seen.kept_back++;
    return std::nullopt;
  }
  const auto kept_back = seen.kept_back;
  seen = {now, 0};
  return kept_back;
}

}  // namespace wsf::base
