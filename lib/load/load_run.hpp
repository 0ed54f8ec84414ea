#pragma once
// One run of the load generator, from the first connection to the outcome: probe, ramp, settle, warm up, measure,
// drain, close. Blocks the calling thread; the connections live on threads of their own.

#include "load/churn.hpp"
#include "load/dialect.hpp"
#include "load/feed.hpp"
#include "load/load_options.hpp"
#include "load/outcome.hpp"
#include "load/progress_line.hpp"
#include "load/swarm.hpp"
#include "load/tally.hpp"
#include "load/usage_watch.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace wsf::load {

class LoadRun {
 public:
  explicit LoadRun(LoadOptions options);
  ~LoadRun();
  LoadRun(const LoadRun&) = delete;
  LoadRun& operator=(const LoadRun&) = delete;

  // Throws base::StartupError when Kafka cannot be reached, or the first connection does not come to be.
  // `interrupted` may become true at any time: the outcome is then that of the part that was run.
  Outcome run(const std::atomic<bool>& interrupted);

 private:
  struct Sums {  // of all swarms, live
    std::uint64_t subscribed = 0, failed = 0, closed = 0, stalled = 0, live = 0, bytes = 0, messages = 0,
                  delivered = 0, holes = 0;
    std::int64_t last_delivery_ns = 0, p50_ns = 0, p99_ns = 0;

    // Of those that should read. The counters are not read in one instant.
    std::uint64_t away() const { return subscribed - std::min(subscribed, stalled + live); }
  };

  void start_swarms();
  void probe();
  void ramp_up();
  void settle();
  void measure();
  void drain();
  void thaw();
  void close_all();
  void watch_storm(std::int64_t now_ns);
  void start_churn();
  void end_churn();

  Sums sums() const;
  std::uint64_t expected_so_far();
  void pause(std::chrono::milliseconds time) const;
  void sample();
  std::int64_t sample_every_ns(std::int64_t now_ns) const;
  void finish_samples();
  void fill_plots();
  void show_ramping(std::int64_t since_ns);
  void show_ramped();
  std::string connect_times() const;
  void show_running(std::int64_t now_ns);
  void show_run();
  bool all_arrived();
  bool all_settled() const;
  bool all_gone(std::int64_t now_ns);

  ConnectionsOutcome connections_outcome() const;
  DeliveryOutcome delivery_outcome() const;
  void compare_each_connection(const std::vector<std::uint64_t>& events_of_key, DeliveryOutcome& out) const;
  std::vector<std::uint64_t> events_of_each_key() const;
  PublisherOutcome publisher_outcome() const;
  StagesOutcome stages_outcome() const;
  Quantiles read_wait() const;
  std::optional<ChainCounts> chains_outcome() const;
  std::optional<DocumentsOutcome> documents_outcome();
  std::vector<Disturbance> disturbances_outcome() const;
  std::optional<StormOutcome> storm_outcome() const;
  std::optional<ChurnOutcome> churn_outcome() const;
  std::optional<StalledOutcome> stalled_outcome() const;
  void merge_timelines();
  void find_disturbances();
  bool disturbed(std::int64_t from_ns, std::int64_t to_ns) const;
  Timeline::Slot undisturbed() const;
  std::vector<EventTimes> merged_event_times() const;

  const LoadOptions options_;
  const std::unique_ptr<const Dialect> dialect_;
  const Plan& plan_;
  Window window_;
  RunFilter filter_;
  Orders orders_;
  ProgressLine progress_;
  std::unique_ptr<Feed> feed_;
  std::vector<std::unique_ptr<Tally>> tallies_;
  std::vector<std::unique_ptr<Swarm>> swarms_;
  std::vector<std::thread> threads_;
  const std::atomic<bool>* interrupted_ = nullptr;

  std::unique_ptr<Churn> churn_;
  std::thread churn_thread_;
  std::optional<ServerCounters> counters_before_, counters_after_;

  UsageWatch usage_;
  std::int64_t run_from_ns_ = 0, window_from_ns_ = 0, sampled_ns_ = 0;  // steady clock
  std::uint64_t bytes_before_run_ = 0, bytes_before_window_ = 0, messages_before_window_ = 0;
  std::vector<std::uint64_t> owed_of_;  // the events that owed_ is of
  std::uint64_t owed_ = 0;
  std::int64_t gone_since_ns_ = 0;                                         // 0: somebody is there
  std::int64_t storm_at_ns_ = 0, storm_epoch_ns_ = 0, storm_back_ns_ = 0;  // 0: not yet
  std::uint64_t storm_lost_ = 0;
  Timeline timeline_;
  std::vector<std::pair<Disturbance::Kind, Span>> disturbances_;  // by due times
  Outcome outcome_;
};

}  // namespace wsf::load
