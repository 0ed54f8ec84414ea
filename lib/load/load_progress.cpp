// What a run shows of itself while it goes on.

#include "base/units.hpp"
#include "load/load_run.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wsf::load {
namespace {

using base::format_count;

double seconds(std::int64_t ns) {
  return static_cast<double>(ns) / 1e9;
}
double ms(std::int64_t ns) {
  return static_cast<double>(ns) / 1e6;
}

std::string if_any(std::uint64_t count, std::string_view what) {
  return count > 0 ? fmt::format(" · {} {}", format_count(count), what) : "";
}

}  // namespace

LoadRun::Sums LoadRun::sums() const {
  Sums out;
  for (std::size_t i = 0; i < swarms_.size(); i++) {
    const SwarmProgress& swarm = swarms_[i]->progress();
    out.subscribed += swarm.subscribed.value();
    out.failed += swarm.failed.value();
    out.closed += swarm.closed.value();
    out.stalled += swarm.stalled.value();
    out.live += static_cast<std::uint64_t>(std::max<std::int64_t>(0, swarm.live.value()));
    out.bytes += swarm.received_bytes.value();
    out.messages += swarm.messages.value();
    out.delivered += tallies_[i]->window_delivered().value();
    out.holes += swarm.holes.load();
    out.last_delivery_ns = std::max(out.last_delivery_ns, tallies_[i]->last_delivery_ns());
    out.p50_ns = std::max(out.p50_ns, swarm.p50_ns.load());
    out.p99_ns = std::max(out.p99_ns, swarm.p99_ns.load());
  }
  return out;
}

void LoadRun::show_ramping(std::int64_t since_ns) {
  if (!progress_.wanted()) return;
  const Sums live = sums();
  progress_.redraw(fmt::format("ramp   {} of {} in {:.1f} s{}", format_count(live.subscribed),
                               format_count(plan_.connections), seconds(since_ns), if_any(live.failed, "failed")));
}

// Empty while a swarm still connects: only a settled one's times may be read.
std::string LoadRun::connect_times() const {
  if (!all_settled()) return {};
  stats::Histogram connect(Swarm::kHandshakeTimeoutNs);
  for (const auto& swarm : swarms_) connect.merge(swarm->connect_ns());
  const Quantiles times = quantiles_of(connect);
  if (times.count == 0) return {};
  return fmt::format(" · connect p99 {:.1f} ms, max {:.1f} ms", times.p99_ms, times.max_ms);
}

void LoadRun::show_ramped() {
  const Sums live = sums();
  progress_.finish(fmt::format("ramp   {} of {} in {:.1f} s{}{}", format_count(live.subscribed),
                               format_count(plan_.connections), outcome_.connections.ramp_s, connect_times(),
                               if_any(live.failed, "failed")));
}

void LoadRun::show_running(std::int64_t now_ns) {
  if (!progress_.wanted()) return;
  const Sums live = sums();
  progress_.redraw(fmt::format("run    {:.0f} of {:.0f} s · {} delivered · p50 {:.1f} ms p99 {:.1f} ms · lost {}{}",
                               seconds(now_ns - window_from_ns_), seconds(options_.duration.count()),
                               format_count(live.delivered), ms(live.p50_ns), ms(live.p99_ns),
                               format_count(live.holes), if_any(live.away(), "away")));
}

void LoadRun::show_run() {
  const Sums live = sums();
  progress_.finish(fmt::format("run    {:.0f} s · {} delivered{}", outcome_.window_s, format_count(live.delivered),
                               if_any(live.closed, "closed")));
}

}  // namespace wsf::load
