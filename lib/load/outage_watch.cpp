#include "load/outage_watch.hpp"

#include <algorithm>

namespace wsf::load {

void OutageWatch::settled(std::int64_t due_ns, std::int64_t now_ns, bool confirmed) {
  if (confirmed && now_ns - due_ns < kLateNs) return;
  const Span seen{due_ns - kLeadNs, now_ns + kTailNs};
  const bool same = !outages_.empty() && outages_.back().overlaps(seen.from_ns, seen.to_ns);
  if (!same && outages_.size() < kMost) {
    outages_.push_back(seen);
    return;
  }
  Span& last = outages_.back();
  last = {std::min(last.from_ns, seen.from_ns), std::max(last.to_ns, seen.to_ns)};
}

}  // namespace wsf::load
