// The clients that come and go during a run, and what the server still holds of them afterwards.

#include "base/clock.hpp"
#include "load/load_run.hpp"

namespace wsf::load {
namespace {

constexpr std::int64_t kCleanUpNs = 5'000'000'000;  // for the server, after the last has gone
constexpr std::chrono::milliseconds kLook{100};

}  // namespace

void LoadRun::start_churn() {
  if (options_.churn_per_s <= 0 || *interrupted_) return;
  counters_before_ = read_counters(options_.url, options_.route);
  churn_ = std::make_unique<Churn>(
      ChurnOptions{.route = options_.route, .rate_per_s = options_.churn_per_s, .seed = options_.seed + 1},
      *dialect_);
  churn_thread_ = std::thread([this] { churn_->run(base::steady_ns()); });
}

void LoadRun::end_churn() {
  if (!churn_) return;
  churn_->stop();
  churn_thread_.join();
  const std::int64_t until = base::steady_ns() + kCleanUpNs;
  do {
    counters_after_ = read_counters(options_.url, options_.route);
    const bool clean = counters_before_ && counters_after_ &&
                       counters_after_->sessions <= counters_before_->sessions &&
                       counters_after_->subscriptions <= counters_before_->subscriptions;
    if (clean || !counters_after_) return;
    pause(kLook);
  } while (base::steady_ns() < until && !*interrupted_);
}

std::optional<ChurnOutcome> LoadRun::churn_outcome() const {
  if (!churn_) return std::nullopt;
  const ChurnProgress& progress = churn_->progress();
  const std::uint64_t opened = progress.opened.value();
  return ChurnOutcome{.wanted_per_s = options_.churn_per_s,
                      .reached_per_s = outcome_.window_s > 0 ? static_cast<double>(opened) / outcome_.window_s : 0,
                      .opened = opened,
                      .completed = progress.completed.value(),
                      .failed = progress.failed.value(),
                      .first_failure = churn_->first_failure(),
                      .connect = quantiles_of(churn_->connect_ns()),
                      .before = counters_before_,
                      .after = counters_after_};
}

}  // namespace wsf::load
