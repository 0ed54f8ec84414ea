#include "load/publisher.hpp"

#include "base/check.hpp"
#include "load/rate_walk.hpp"
#include "stats/histogram.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace wsf::load {
namespace {

using std::chrono::nanoseconds;

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::uint64_t kIdSeed = 0x9e3779b97f4a7c15;  // event ids and rates come from different streams

bool is_plain(std::string_view run) {
  return !run.empty() && run.size() <= 64 && std::all_of(run.begin(), run.end(), [](unsigned char c) {
    return std::isalnum(c) || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

class Publisher::Schedule {
 public:
  Schedule(PublishPlan plan, EventOutput& output, std::int64_t start_epoch_ns)
      : plan_(std::move(plan)),
        output_(output),
        start_epoch_ns_(start_epoch_ns),
        walk_(plan_.pairs, plan_.seed),
        ids_(plan_.seed ^ kIdSeed) {
    base::check(!plan_.pairs.empty() && plan_.rate_per_s > 0 && plan_.burst > 0, "a plan has pairs and a rate");
    base::check(is_plain(plan_.run), "the name of a run needs no escaping in JSON");
  }

  std::optional<nanoseconds> step(nanoseconds elapsed);

  std::uint64_t published() const { return published_.load(std::memory_order_relaxed); }
  // The pairs take turns: the count of all tells that of each.
  std::uint64_t of_pair(std::size_t pair, std::uint64_t all) const {
    const auto turns = all / round_events(), rest = all % round_events();
    const auto before = pair * plan_.burst;  // events of the round that other pairs have before this one
    return turns * plan_.burst + (rest > before ? std::min(rest - before, plan_.burst) : 0);
  }
  std::uint64_t due_before(nanoseconds time) const;
  Lateness lateness() const;
  std::int64_t start_epoch_ns() const { return start_epoch_ns_; }

 private:
  nanoseconds due(std::uint64_t event) const {
    const auto first_of_burst = event - event % plan_.burst;
    return nanoseconds(std::llround(static_cast<double>(first_of_burst) * 1e9 / plan_.rate_per_s));
  }
  // A round gives each pair one burst.
  std::uint64_t round_events() const { return plan_.burst * plan_.pairs.size(); }
  std::size_t pair_of(std::uint64_t event) const { return event / plan_.burst % plan_.pairs.size(); }
  std::uint64_t seq_of(std::uint64_t event) const {
    return event / round_events() * plan_.burst + event % plan_.burst + 1;
  }
  bool done(std::uint64_t event) const {
    return (plan_.count > 0 && event >= plan_.count) || (plan_.duration.count() > 0 && due(event) >= plan_.duration);
  }
  void write(std::uint64_t event);

  const PublishPlan plan_;
  EventOutput& output_;
  const std::int64_t start_epoch_ns_;
  RateWalk walk_;
  std::mt19937_64 ids_;
  std::string text_;  // of the next event, once it is written
  bool written_ = false;
  std::atomic<std::uint64_t> published_{0};
  stats::Histogram late_us_;
};

std::uint64_t Publisher::Schedule::due_before(nanoseconds time) const {
  if (plan_.duration.count() > 0) time = std::min(time, plan_.duration);
  const double bursts_per_ns = plan_.rate_per_s / 1e9 / static_cast<double>(plan_.burst);
  auto bursts = static_cast<std::uint64_t>(std::max(0.0, static_cast<double>(time.count()) * bursts_per_ns));
  while (due(bursts * plan_.burst) < time) bursts++;  // due() rounds: at most a step or two, either way
  while (bursts > 0 && due((bursts - 1) * plan_.burst) >= time) bursts--;
  const auto events = bursts * plan_.burst;
  return plan_.count > 0 ? std::min(events, plan_.count) : events;
}

void Publisher::Schedule::write(std::uint64_t event) {
  if (std::exchange(written_, true)) return;  // offered again: the walk must not move twice
  const auto pair = pair_of(event);
  const auto due_ns = start_epoch_ns_ + due(event).count();
  text_.clear();
  append_event(text_, plan_.pairs[pair], walk_.next(pair), make_uuid(ids_), due_ns / kNsPerMs,
               {plan_.run, seq_of(event), due_ns});
}

std::optional<nanoseconds> Publisher::Schedule::step(nanoseconds elapsed) {
  for (int burst = 0; burst < kMaxBurst; burst++) {
    const auto event = published();
    if (done(event)) return std::nullopt;
    const auto when = due(event);
    if (when > elapsed) return when;
    write(event);
    if (!output_.put(plan_.pairs[pair_of(event)], text_)) return elapsed + kFullPause;
    written_ = false;
    late_us_.record(static_cast<std::uint64_t>((elapsed - when).count() / 1000));
    published_.store(event + 1, std::memory_order_relaxed);
  }
  return done(published()) ? std::nullopt : std::optional(due(published()));
}

Lateness Publisher::Schedule::lateness() const {
  return lateness_of(late_us_);
}

Publisher::Publisher(PublishPlan plan, EventOutput& output, std::int64_t start_epoch_ns)
    : schedule_(std::make_unique<Schedule>(std::move(plan), output, start_epoch_ns)) {}
Publisher::~Publisher() = default;
std::optional<nanoseconds> Publisher::step(nanoseconds elapsed) {
  return schedule_->step(elapsed);
}
std::uint64_t Publisher::published() const {
  return schedule_->published();
}
std::uint64_t Publisher::published_of(std::size_t pair) const {
  return schedule_->of_pair(pair, published());
}
std::uint64_t Publisher::due_of(std::size_t pair, nanoseconds from, nanoseconds to) const {
  return schedule_->of_pair(pair, schedule_->due_before(to)) -
         schedule_->of_pair(pair, schedule_->due_before(std::min(from, to)));
}
Lateness Publisher::lateness() const {
  return schedule_->lateness();
}
std::int64_t Publisher::start_epoch_ns() const {
  return schedule_->start_epoch_ns();
}

}  // namespace wsf::load
