#include "load/paced_loop.hpp"

#include "base/check.hpp"
#include "stats/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace wsf::load {

using std::chrono::nanoseconds;

PacedLoop::PacedLoop(const Pace& pace, std::int64_t start_epoch_ns)
    : pace_(pace), start_epoch_ns_(start_epoch_ns), late_us_(std::make_unique<stats::Histogram>()) {
  base::check(pace_.rate_per_s > 0, "a plan has a rate");
}

PacedLoop::~PacedLoop() = default;

nanoseconds PacedLoop::due_at(std::uint64_t number, double rate_per_s) {
  return nanoseconds(std::llround(static_cast<double>(number) * 1e9 / rate_per_s));
}

nanoseconds PacedLoop::due(std::uint64_t number) const {
  return due_at(number, pace_.rate_per_s);
}

std::uint64_t PacedLoop::due_before(nanoseconds time, double rate_per_s) {
  auto out = static_cast<std::uint64_t>(std::max(0.0, static_cast<double>(time.count()) * rate_per_s / 1e9));
  while (due_at(out, rate_per_s) < time) out++;  // due_at() rounds: at most a step or two, either way
  while (out > 0 && due_at(out - 1, rate_per_s) >= time) out--;
  return out;
}

std::uint64_t PacedLoop::due_before(nanoseconds time) const {
  if (pace_.duration.count() > 0) time = std::min(time, pace_.duration);
  const std::uint64_t out = due_before(time, pace_.rate_per_s);
  return pace_.count > 0 ? std::min(out, pace_.count) : out;
}

bool PacedLoop::done(std::uint64_t number) const {
  return (pace_.count > 0 && number >= pace_.count) || (pace_.duration.count() > 0 && due(number) >= pace_.duration);
}

std::optional<nanoseconds> PacedLoop::step(nanoseconds elapsed) {
  for (int burst = 0; burst < kMaxBurst; burst++) {
    const auto number = published();
    if (done(number)) return std::nullopt;
    const auto when = due(number);
    if (when > elapsed) return when;
    if (!put(number, start_epoch_ns_ + when.count())) return elapsed + kFullPause;
    late_us_->record(static_cast<std::uint64_t>((elapsed - when).count() / 1000));
    published_.store(number + 1, std::memory_order_relaxed);
  }
  return done(published()) ? std::nullopt : std::optional(due(published()));
}

Lateness PacedLoop::lateness() const {
  return lateness_of(*late_us_);
}

}  // namespace wsf::load
