#include "load/open_loop.hpp"

#include "base/clock.hpp"
#include "kafka/producer.hpp"
#include "stats/histogram.hpp"

#include <algorithm>
#include <thread>

namespace wsf::load {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

constexpr nanoseconds kStopNoticed = milliseconds(100);

}  // namespace

bool KafkaOutput::put_record(std::optional<std::string_view> key, std::optional<std::string_view> value) {
  return producer_.send(key, value) != kafka::Producer::Sent::full;
}

Lateness lateness_of(const stats::Histogram& late_us) {
  const auto ms = [](std::uint64_t us) { return static_cast<double>(us) / 1000; };
  return {ms(late_us.quantile(0.5)), ms(late_us.quantile(0.99)), ms(late_us.max()), late_us.count()};
}

nanoseconds run_open_loop(OpenLoop& loop, kafka::Producer* producer, const std::atomic<bool>& stop) {
  const auto begin_ns = base::steady_ns();
  // Elapsed time is counted from the schedule's own start, not from when this thread got to run.
  const auto zero_ns = begin_ns - (base::epoch_ns() - loop.start_epoch_ns());
  while (!stop.load(std::memory_order_relaxed)) {
    const auto next = loop.step(nanoseconds(base::steady_ns() - zero_ns));
    if (!next) break;
    const auto wait = std::min(*next - nanoseconds(base::steady_ns() - zero_ns), kStopNoticed);
    const auto whole_ms = std::max(std::chrono::duration_cast<milliseconds>(wait), milliseconds(0));
    if (producer != nullptr) producer->poll(whole_ms);
    if (producer == nullptr || whole_ms == milliseconds(0)) std::this_thread::sleep_for(wait);
  }
  return nanoseconds(base::steady_ns() - begin_ns);
}

}  // namespace wsf::load
