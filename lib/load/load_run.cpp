#include "load/load_run.hpp"

#include "base/check.hpp"
#include "base/clock.hpp"
#include "base/exit_codes.hpp"
#include "base/units.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wsf::load {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLook{5};                  // how often the run's thread looks at its swarms
constexpr std::int64_t kLeadNs = 100'000'000;     // from the order to publish to the first event
constexpr std::int64_t kGraceNs = 5'000'000'000;  // for the last events of the window to arrive
constexpr std::int64_t kQuietNs = 1'000'000'000;  // nothing came for so long: nothing will
constexpr std::int64_t kSampleNs = 1'000'000'000;
constexpr std::int64_t kMostSamples = 600;
constexpr std::int64_t kRampSampleNs = 200'000'000;
constexpr std::int64_t kStormSampleNs = 20'000'000, kStormSampledNs = 10'000'000'000;
constexpr double kGrowthFromS = 30;                         // what a server makes once is made by then
constexpr std::int64_t kLongestAbsenceNs = 15'000'000'000;  // a server that restarts is back by then
constexpr std::int64_t kThawQuietNs = 500'000'000;
constexpr std::int64_t kCloseNs = 3'000'000'000;
constexpr double kNsPerS = 1e9;

double seconds(std::int64_t ns) {
  return static_cast<double>(ns) / kNsPerS;
}

}  // namespace

LoadRun::LoadRun(LoadOptions options)
    : options_(std::move(options)),
      dialect_(make_dialect(options_)),
      plan_(dialect_->plan()),
      filter_(options_.feed ? options_.feed->plan.run : ""),
      progress_(options_.progress_fd),
      timeline_(Timeline::slot_ns_for(options_.duration.count()), options_.verify) {
  base::check(plan_.slow < plan_.connections, "somebody has to read");
}

LoadRun::~LoadRun() {
  close_all();
}

Outcome LoadRun::run(const std::atomic<bool>& interrupted) {
  interrupted_ = &interrupted;
  start_swarms();
  probe();
  if (options_.feed) {
    feed_ = std::make_unique<Feed>(*options_.feed, *dialect_, window_);
    feed_->wait_until_ready(interrupted, options_.progress_fd);
  }
  const bool findable = !options_.server_pid && options_.route.target.is_loopback();
  usage_.begin(findable ? find_listener(options_.url.port) : options_.server_pid);
  ramp_up();
  settle();
  measure();
  drain();
  thaw();
  close_all();
  merge_timelines();
  find_disturbances();
  outcome_.url = options_.url.text();
  outcome_.run = options_.feed ? options_.feed->plan.run : "";
  outcome_.protocol = name_of(options_.protocol);
  outcome_.broker = is_by_redis(options_.protocol) ? "Redis" : "Kafka";
  outcome_.listening = !options_.feed;
  outcome_.interrupted = interrupted;
  outcome_.window_from_ns = window_.from_ns;
  outcome_.window_to_ns = window_.to_ns;
  outcome_.connections = connections_outcome();
  outcome_.delivery = delivery_outcome();
  if (feed_) outcome_.publisher = publisher_outcome();
  outcome_.stages = stages_outcome();
  outcome_.documents = documents_outcome();
  outcome_.chains = chains_outcome();
  outcome_.disturbances = disturbances_outcome();
  outcome_.storm = storm_outcome();
  outcome_.stalled = stalled_outcome();
  outcome_.churn = churn_outcome();
  outcome_.server = usage_.server();
  outcome_.generator = usage_.generator();
  outcome_.generator.threads = options_.threads;
  outcome_.generator.read_wait = read_wait();
  finish_samples();
  fill_plots();
  return outcome_;
}

void LoadRun::start_swarms() {
  for (std::uint32_t i = 0; i < options_.threads; i++) {
    const TallyOptions tally{i, options_.threads, timeline_.slot_ns(), options_.verify, options_.warmup};
    tallies_.push_back(std::make_unique<Tally>(*dialect_, window_, filter_, tally));
    SwarmOptions swarm{.route = options_.route,
                       .ramp_per_s = options_.ramp_per_s,
                       .index = i,
                       .swarms = options_.threads,
                       .seed = options_.seed,
                       .compress = options_.compress,
                       .reconnect = options_.verify};
    swarms_.push_back(std::make_unique<Swarm>(std::move(swarm), *dialect_, orders_, *tallies_.back()));
  }
  for (auto& swarm : swarms_) threads_.emplace_back([&swarm] { swarm->run(); });
}

// One connection first: what is wrong with the server, the URL or the subscription shows in one line, not in the
// failure of thousands.
void LoadRun::probe() {
  orders_.ramp_from_ns = base::steady_ns();
  orders_.may_open = 1;
  while (!*interrupted_) {
    const Sums now = sums();
    if (now.subscribed > 0) return;
    if (const auto failure = swarms_[0]->first_failure()) {
      const char* hint = failure->line == "Connection refused" ? " (is wsfanout running? choose --url)" : "";
      throw base::StartupError(
          failure->exit, fmt::format("{} {}: {}{}", failure->upgraded ? "no subscription at" : "cannot connect to",
                                     options_.url.text(), failure->line, hint));
    }
    pause(milliseconds(1));
  }
}

void LoadRun::ramp_up() {
  if (*interrupted_) return;
  sample();
  const std::int64_t from = base::steady_ns();
  orders_.ramp_from_ns = from;
  orders_.may_open = plan_.connections;
  while (!*interrupted_ && !all_settled()) {
    show_ramping(base::steady_ns() - from);
    if (base::steady_ns() - sampled_ns_ >= kRampSampleNs) sample();
    pause(kLook);
  }
  outcome_.connections.ramp_s = seconds(base::steady_ns() - from);
  usage_.ramped();
  show_ramped();
}

void LoadRun::settle() {
  if (feed_ && !*interrupted_) {
    if (const auto unheard = feed_->wait_until_heard(*interrupted_)) {
      progress_.finish(
          fmt::format("wait   {} channels without a subscriber after 10 s", base::format_count(unheard)));
    }
  }
  const std::int64_t until = base::steady_ns() + options_.settle.count();
  while (base::steady_ns() < until && !*interrupted_) pause(kLook);
  usage_.settled();
  sample();
}

void LoadRun::measure() {
  if (*interrupted_) return;
  usage_.run_begins();
  bytes_before_run_ = sums().bytes;
  const std::int64_t lead_ns = feed_ ? kLeadNs : 0;
  const std::int64_t start_epoch = base::epoch_ns() + lead_ns;
  run_from_ns_ = base::steady_ns() + lead_ns;
  const std::int64_t window_at = run_from_ns_ + options_.warmup.count();
  const std::int64_t window_to = window_at + options_.duration.count();
  window_.to_ns = start_epoch + options_.warmup.count() + options_.duration.count();
  window_.from_ns = start_epoch + options_.warmup.count();
  if (feed_) feed_->start(start_epoch);

  while (!*interrupted_ && !all_gone(base::steady_ns()) && base::steady_ns() < window_at) pause(kLook);
  window_from_ns_ = base::steady_ns();
  usage_.window_begins(window_from_ns_);
  bytes_before_window_ = sums().bytes;
  messages_before_window_ = sums().messages;
  start_churn();
  for (std::int64_t now = base::steady_ns(); now < window_to && !*interrupted_; now = base::steady_ns()) {
    if (all_gone(now)) break;
    if (options_.storm) watch_storm(now);
    if (now - sampled_ns_ >= sample_every_ns(now)) sample();
    show_running(now);
    pause(kLook);
  }
  const bool early = base::steady_ns() < window_to;
  // Of a part that was asked for, that part counts; a server that went away owes the whole window.
  if (early && *interrupted_) window_.to_ns = base::epoch_ns();
  outcome_.ended_by_server = early && !*interrupted_;
  const std::int64_t window_end = base::steady_ns();
  outcome_.window_s = seconds(std::max<std::int64_t>(1, window_end - window_from_ns_));
  usage_.window_ends(window_end);
  end_churn();
}

void LoadRun::drain() {
  if (run_from_ns_ == 0) return;
  const std::int64_t window_end = base::steady_ns();
  const auto over = [this] { return interrupted_->load() || outcome_.ended_by_server; };
  while (feed_ && !feed_->done() && !over() && base::steady_ns() - window_end < kGraceNs) pause(kLook);
  if (feed_) feed_->stop();
  while (!all_arrived() && !over() && base::steady_ns() - window_end < kGraceNs) {
    const std::int64_t quiet_from = std::max(sums().last_delivery_ns, window_.to_ns.load());
    if (base::epoch_ns() - quiet_from > kQuietNs) break;
    pause(kLook);
  }
  outcome_.run_s = seconds(base::steady_ns() - run_from_ns_);
  usage_.run_ends();
  if (usage_.server()) sample();
  const Sums last = sums();
  outcome_.delivery.bytes = last.bytes - bytes_before_run_;
  outcome_.delivery.window_bytes = last.bytes - bytes_before_window_;
  outcome_.delivery.window_messages = last.messages - messages_before_window_;
  outcome_.connections.away = last.away();
  show_run();
}

bool LoadRun::all_settled() const {
  return std::all_of(swarms_.begin(), swarms_.end(),
                     [](const auto& swarm) { return swarm->progress().settled.load(std::memory_order_acquire); });
}

// Clients that come back are given the time to.
bool LoadRun::all_gone(std::int64_t now_ns) {
  if (sums().live > 0) {
    gone_since_ns_ = 0;
    return false;
  }
  if (gone_since_ns_ == 0) gone_since_ns_ = now_ns;
  const bool come_back = options_.verify || storm_at_ns_ != 0;
  return now_ns - gone_since_ns_ >= (come_back ? kLongestAbsenceNs : 0);
}

void LoadRun::watch_storm(std::int64_t now_ns) {
  if (storm_at_ns_ == 0) {
    if (now_ns - window_from_ns_ < options_.duration.count() / 2) return;
    storm_at_ns_ = now_ns;
    storm_epoch_ns_ = base::epoch_ns();
    storm_lost_ = sums().live;
    sample();
    orders_.storm = true;
    return;
  }
  const auto stormed = [](const auto& swarm) { return swarm->progress().stormed.load(std::memory_order_acquire); };
  if (storm_back_ns_ != 0 || !std::all_of(swarms_.begin(), swarms_.end(), stormed)) return;
  if (sums().live >= storm_lost_) storm_back_ns_ = now_ns;
}

// How the server left those that did not read stands behind everything that it had sent them before.
void LoadRun::thaw() {
  if (plan_.slow == 0 || interrupted_->load()) return;
  orders_.thaw = true;
  const std::int64_t from = base::steady_ns();
  std::int64_t changed = from;
  for (std::uint64_t bytes = sums().bytes; !interrupted_->load() && base::steady_ns() - from < kGraceNs;) {
    pause(kLook);
    const std::uint64_t now_bytes = sums().bytes;
    if (now_bytes != bytes) changed = base::steady_ns();
    bytes = now_bytes;
    if (base::steady_ns() - changed > kThawQuietNs) return;
  }
}

bool LoadRun::all_arrived() {
  return feed_ && sums().delivered >= expected_so_far();
}

std::uint64_t LoadRun::expected_so_far() {
  const std::vector<std::uint64_t>& events = feed_->window_events();
  if (events == owed_of_) return owed_;
  owed_of_ = events;
  owed_ = 0;
  for (std::uint32_t connection = 0; connection < plan_.connections; connection++) {
    if (!plan_.is_slow(connection)) owed_ += dialect_->owed_to(connection, events);
  }
  return owed_;
}

void LoadRun::close_all() {
  if (threads_.empty()) return;
  if (feed_) feed_->stop();
  if (churn_thread_.joinable()) {
    churn_->stop();
    churn_thread_.join();
  }
  orders_.close = true;
  const std::int64_t until = base::steady_ns() + kCloseNs;
  const auto ended = [](const auto& swarm) { return swarm->progress().ended.load(); };
  while (!std::all_of(swarms_.begin(), swarms_.end(), ended) && base::steady_ns() < until) pause(kLook);
  orders_.abandon = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void LoadRun::sample() {
  sampled_ns_ = base::steady_ns();
  const Sums live = sums();
  Sample out{
      .at_s = seconds(sampled_ns_), .subscribed = live.subscribed, .live = live.live, .delivered = live.delivered};
  usage_.sample(out, sampled_ns_);
  outcome_.samples.push_back(out);
}

// Bounds the samples of a run: kMostSamples, and those of a storm's first seconds.
std::int64_t LoadRun::sample_every_ns(std::int64_t now_ns) const {
  const bool storming = storm_at_ns_ != 0 && storm_back_ns_ == 0 && now_ns - storm_at_ns_ < kStormSampledNs;
  return storming ? kStormSampleNs : std::max(kSampleNs, options_.duration.count() / kMostSamples);
}

void LoadRun::finish_samples() {
  std::uint64_t settled_bytes = 0;
  for (Sample& one : outcome_.samples) {
    one.at_s -= seconds(window_from_ns_);
    if (settled_bytes == 0 && one.at_s >= kGrowthFromS) settled_bytes = one.server_rss_bytes;
  }
  if (settled_bytes == 0 || outcome_.server->gone || outcome_.window_s <= kGrowthFromS + 1) return;
  const std::uint64_t last_bytes = outcome_.samples.back().server_rss_bytes;
  outcome_.server->rss_growth_bytes =
      static_cast<std::int64_t>(last_bytes) - static_cast<std::int64_t>(settled_bytes);
}

void LoadRun::pause(milliseconds time) const {
  std::this_thread::sleep_for(time);
}

}  // namespace wsf::load
