#include "load/replay.hpp"

#include "base/check.hpp"

#include <algorithm>
#include <cmath>

namespace wsf::load {
namespace {

using std::chrono::nanoseconds;

constexpr double kNever_ns = 3e18;  // 95 years

double round_of(const Recording& recording) {
  const auto length = nanoseconds(recording.length());
  if (length.count() == 0) return static_cast<double>(nanoseconds(Replay::kRoundOfOneTime).count());
  const auto records = static_cast<double>(recording.size());
  return static_cast<double>(length.count()) * records / (records - 1);
}

}  // namespace

Replay::Replay(const Recording& recording, const ReplayPlan& plan, RecordOutput& output, std::int64_t start_epoch_ns)
    : recording_(recording),
      plan_(plan),
      output_(output),
      start_epoch_ns_(start_epoch_ns),
      round_ns_(round_of(recording)) {
  base::check(plan.speed >= 0, "a replay goes forward");
}

nanoseconds Replay::due(std::uint64_t record) const {
  if (plan_.speed == 0) return nanoseconds(0);
  const auto rounds = static_cast<double>(record / recording_.size());
  const nanoseconds within = recording_.at(record % recording_.size());
  const double due_ns = (rounds * round_ns_ + static_cast<double>(within.count())) / plan_.speed;
  return nanoseconds(std::llround(std::min(due_ns, kNever_ns)));
}

bool Replay::done(std::uint64_t record, nanoseconds elapsed) const {
  if (!plan_.loop && record >= recording_.size()) return true;
  if (plan_.count > 0 && record >= plan_.count) return true;
  return plan_.duration.count() > 0 && (plan_.speed == 0 ? elapsed : due(record)) >= plan_.duration;
}

std::optional<nanoseconds> Replay::step(nanoseconds elapsed) {
  for (int burst = 0; burst < kMaxBurst; burst++) {
    const auto record = published();
    if (done(record, elapsed)) return std::nullopt;
    const auto when = due(record);
    if (when > elapsed) return when;
    if (!next_) next_ = recording_.read(record % recording_.size());
    if (!output_.put_record(next_->key, next_->value)) return elapsed + kFullPause;
    next_.reset();
    if (plan_.speed > 0) late_us_.record(static_cast<std::uint64_t>((elapsed - when).count() / 1000));
    published_.store(record + 1, std::memory_order_relaxed);
  }
  return done(published(), elapsed) ? std::nullopt : std::optional(due(published()));
}

}  // namespace wsf::load
