#include "publishing.hpp"

#include "base/clock.hpp"
#include "base/exit_codes.hpp"
#include "base/standard_streams.hpp"
#include "base/units.hpp"
#include "load/confirmation_watch.hpp"
#include "load/kafka_wait.hpp"
#include "load/progress_line.hpp"
#include "load/recording.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <future>
#include <memory>

namespace ratepub {
namespace {

namespace base = wsf::base;
namespace load = wsf::load;
using wsf::base::format_count;
using wsf::kafka::Producer;

constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::milliseconds kFlushAfterSignal{3'000};
constexpr std::uint64_t kFaultSeed = 0xd1342543de82ef95;  // quotes and faults come from different streams

void tell(const std::string& line) {
  base::tell("ratepub", line);
}

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

double rate(std::uint64_t events, std::chrono::nanoseconds time) {
  return time.count() > 0 ? static_cast<double>(events) / seconds(time) : 0;
}

// What is published: made-up events or a recording, with bad records among them where these are wanted.
class EventSource {
 public:
  // Throws base::StartupError(usage) when the recording cannot be replayed.
  explicit EventSource(const Options& options) : options_(options) {
    if (options.task != Options::Task::replay) return;
    auto recording = load::Recording::open(options.replay_path);
    if (!recording) throw base::StartupError(base::Exit::usage, recording.error().message);
    recording_.emplace(*std::move(recording));
  }

  std::string text() const;  // "10 pairs at 2/s", "120 records of 1m at speed 2"
  void start(load::RecordOutput& output);

  load::OpenLoop& loop() { return *loop_; }
  const load::OpenLoop& loop() const { return *loop_; }
  std::uint64_t published() const { return loop_->published() + faulty_->total(); }
  std::string faults() const { return options_.faults.empty() ? "" : faulty_->summary(); }

 private:
  const Options& options_;
  std::optional<load::Recording> recording_;
  std::optional<load::FaultyOutput> faulty_;
  std::unique_ptr<load::OpenLoop> loop_;
};

std::string EventSource::text() const {
  if (!recording_) {
    return fmt::format("{} pairs at {}", options_.plan.pairs.size(), base::format_rate(options_.plan.rate_per_s));
  }
  const double speed = options_.replay.speed;
  return fmt::format("{} records of {}, {}", format_count(recording_->size()),
                     base::format_duration(recording_->length()),
                     speed == 0 ? "as fast as it goes" : fmt::format("at speed {}", speed));
}

void EventSource::start(load::RecordOutput& output) {
  faulty_.emplace(output, options_.faults, options_.plan.seed ^ kFaultSeed);
  if (recording_) {
    loop_ = std::make_unique<load::Replay>(*recording_, options_.replay, *faulty_, base::epoch_ns());
  } else {
    loop_ = std::make_unique<load::Publisher>(options_.plan, *faulty_, base::epoch_ns());
  }
}

// Publishes on a thread of its own, so that this one can show how far it is.
template <class Show>
std::chrono::nanoseconds run(EventSource& source, Producer* producer, const std::atomic<bool>& stop, Show show) {
  auto time = std::async(std::launch::async, [&] { return load::run_open_loop(source.loop(), producer, stop); });
  while (time.wait_for(kRedraw) != std::future_status::ready) show();
  return time.get();
}

std::string late_text(const load::Lateness& late) {
  return fmt::format("late p50 {:.1f} · p99 {:.1f} · max {:.1f} ms", late.p50_ms, late.p99_ms, late.max_ms);
}

// What is told of a run into Kafka: how far it is, when the broker falls silent, and what it came to. An event is
// queued when the client library has taken it, and delivered when the broker has confirmed it.
class Account {
 public:
  Account(const EventSource& source, const Producer& producer)
      : source_(source), producer_(producer), progress_(fileno(stderr)), confirmations_(base::steady_ns()) {}

  void look();
  void close(std::chrono::nanoseconds time);

 private:
  std::string counts(std::chrono::nanoseconds time) const {
    const auto queued = source_.published();
    return fmt::format("{} queued in {:.1f} s ({:.1f}/s) · {} delivered · {} failed", format_count(queued),
                       seconds(time), rate(queued, time), format_count(producer_.delivered()),
                       format_count(producer_.failed()));
  }
  std::string last_error() const {
    const std::string error = producer_.last_error();
    return error.empty() ? "" : ": " + error;
  }

  const EventSource& source_;
  const Producer& producer_;
  load::ProgressLine progress_;
  load::ConfirmationWatch confirmations_;
};

void Account::look() {
  using News = load::ConfirmationWatch::News;
  const News news = confirmations_.look(producer_.delivered(), producer_.outstanding(), base::steady_ns());
  if (news == News::silent) {
    constexpr std::chrono::nanoseconds silent{load::ConfirmationWatch::kSilentNs};
    progress_.finish(fmt::format("ratepub: nothing confirmed for {}{}", base::format_duration(silent), last_error()));
  }
  if (news == News::flows) progress_.finish("ratepub: the broker confirms again");
  if (!progress_.wanted()) return;
  progress_.redraw(counts(std::chrono::nanoseconds(base::epoch_ns() - source_.loop().start_epoch_ns())));
}

void Account::close(std::chrono::nanoseconds time) {
  const load::Lateness late = source_.loop().lateness();
  progress_.finish("ratepub: " + counts(time) + (late.count > 0 ? " · " + late_text(late) : ""));
  if (!source_.faults().empty()) tell("bad records among them: " + source_.faults());
  const auto unconfirmed = producer_.outstanding();
  if (unconfirmed > 0) tell(fmt::format("{} not confirmed in time", format_count(unconfirmed)));
  if (producer_.failed() + unconfirmed > 0 && !last_error().empty()) tell("last error" + last_error());
}

// In steps, so that a broker that has fallen silent is told here as well, and a signal shortens the wait.
bool flush(Producer& producer, std::chrono::milliseconds timeout, const std::atomic<bool>& stop, Account& account) {
  const auto from = std::chrono::steady_clock::now();
  while (!producer.flush(kRedraw)) {
    account.look();
    if (std::chrono::steady_clock::now() - from >= (stop ? kFlushAfterSignal : timeout)) return false;
  }
  return true;
}

// One event a line, each flushed: whoever reads the pipe sees it now.
class LineOutput : public load::RecordOutput {
 public:
  bool put_record(std::optional<std::string_view>, std::optional<std::string_view> value) override {
    const std::string_view event = value.value_or("null");
    failed_ = failed_ || std::fwrite(event.data(), 1, event.size(), stdout) != event.size() ||
              std::fputc('\n', stdout) == EOF || std::fflush(stdout) != 0;
    return true;
  }
  bool failed() const { return failed_; }

 private:
  std::atomic<bool> failed_{false};
};

}  // namespace

bool publish_to_kafka(const Options& options, const std::atomic<bool>& stop) {
  EventSource source(options);
  Producer producer(options.kafka.connection, options.kafka.topic);
  if (!load::wait_for_kafka(producer, options.kafka, options.timeout, stop, fileno(stderr), "ratepub:")) return false;
  tell(fmt::format("publishing {} to topic {} at {}", source.text(), options.kafka.topic, options.kafka.where));
  load::KafkaOutput output(producer);
  source.start(output);
  Account account(source, producer);
  const auto time = run(source, &producer, stop, [&] { account.look(); });
  const bool confirmed = flush(producer, options.timeout, stop, account);
  account.close(time);
  return confirmed && producer.failed() == 0;
}

bool publish_to_stdout(const Options& options, const std::atomic<bool>& stop) {
  EventSource source(options);
  LineOutput output;
  source.start(output);
  std::atomic<bool> end{false};
  run(source, nullptr, end, [&] { end = stop || output.failed(); });
  if (!source.faults().empty()) tell("bad records among them: " + source.faults());
  if (output.failed()) tell("cannot write to standard output");
  return !output.failed();
}

}  // namespace ratepub
