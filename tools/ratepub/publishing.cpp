#include "publishing.hpp"

#include "base/clock.hpp"
#include "base/units.hpp"
#include "load/progress_line.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <future>

namespace ratepub {
namespace {

namespace base = wsf::base;
namespace load = wsf::load;
using wsf::base::format_count;
using wsf::kafka::Producer;

constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::milliseconds kFlushAfterSignal{3'000};

void tell(const std::string& line) {
  fmt::print(stderr, "ratepub: {}\n", line);
}

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

double rate(std::uint64_t events, std::chrono::nanoseconds time) {
  return time.count() > 0 ? static_cast<double>(events) / seconds(time) : 0;
}

// Publishes on a thread of its own, so that this one can show how far it is.
template <class Show>
std::chrono::nanoseconds run(load::Publisher& publisher, Producer* producer, const std::atomic<bool>& stop,
                             Show show) {
  auto time = std::async(std::launch::async, [&] { return load::run_publisher(publisher, producer, stop); });
  while (time.wait_for(kRedraw) != std::future_status::ready) show();
  return time.get();
}

std::string late_text(const load::Lateness& late) {
  return fmt::format("late p50 {:.1f} · p99 {:.1f} · max {:.1f} ms", late.p50_ms, late.p99_ms, late.max_ms);
}

std::string totals(const load::Publisher& publisher, const Producer& producer, std::chrono::nanoseconds time) {
  const auto events = publisher.published();
  return fmt::format("{} published in {:.1f} s ({:.1f}/s) · {} delivered · {} failed · {}", format_count(events),
                     seconds(time), rate(events, time), format_count(producer.delivered()),
                     format_count(producer.failed()), late_text(publisher.lateness()));
}

void tell_losses(const Producer& producer) {
  const auto unconfirmed = producer.outstanding();
  if (unconfirmed > 0) tell(fmt::format("{} not confirmed in time", format_count(unconfirmed)));
  if (producer.failed() + unconfirmed > 0) tell("last error: " + producer.last_error());
}

// One event a line, each flushed: whoever reads the pipe sees it now.
class LineOutput : public load::EventOutput {
 public:
  bool put(std::string_view, std::string_view event) override {
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
  Producer producer(options.kafka.connection, options.kafka.topic);
  if (!wsf::kafka::wait_until_ready(producer, options.kafka, options.timeout, &stop)) return false;
  tell(fmt::format("publishing {} pairs at {} to topic {} at {}", options.plan.pairs.size(),
                   base::format_rate(options.plan.rate_per_s), options.kafka.topic, options.kafka.where));
  load::KafkaOutput output(producer);
  const auto start_ns = base::epoch_ns();
  load::Publisher publisher(options.plan, output, start_ns);
  load::ProgressLine progress(fileno(stderr));
  const auto time = run(publisher, &producer, stop, [&] {
    if (!progress.wanted()) return;
    const std::chrono::nanoseconds elapsed(base::epoch_ns() - start_ns);
    progress.redraw(fmt::format("{} published · {} delivered · {} failed · {:.1f}/s · {:.0f} s",
                                format_count(publisher.published()), format_count(producer.delivered()),
                                format_count(producer.failed()), rate(publisher.published(), elapsed),
                                seconds(elapsed)));
  });
  const bool confirmed = producer.flush(stop ? kFlushAfterSignal : options.timeout);
  progress.finish("ratepub: " + totals(publisher, producer, time));
  tell_losses(producer);
  return confirmed && producer.failed() == 0;
}

bool publish_to_stdout(const Options& options, const std::atomic<bool>& stop) {
  LineOutput output;
  load::Publisher publisher(options.plan, output, base::epoch_ns());
  std::atomic<bool> end{false};
  run(publisher, nullptr, end, [&] { end = stop || output.failed(); });
  if (output.failed()) tell("cannot write to standard output");
  return !output.failed();
}

}  // namespace ratepub
