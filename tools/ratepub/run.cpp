#include "run.hpp"

#include "base/clock.hpp"
#include "base/units.hpp"

#include <fmt/format.h>

#include <future>

namespace ratepub {
namespace {

namespace load = wsf::load;

constexpr std::chrono::milliseconds kRedraw{200};
constexpr std::chrono::milliseconds kPatienceAfterSignal{3'000};

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

}  // namespace

std::chrono::nanoseconds run_shown(Source& source, wsf::kafka::Producer* producer, const std::atomic<bool>& stop,
                                   const std::function<void()>& look) {
  auto time = std::async(std::launch::async, [&] { return load::run_open_loop(source.loop(), producer, stop); });
  while (time.wait_for(kRedraw) != std::future_status::ready) look();
  return time.get();
}

bool await_confirmations(const std::function<bool(std::chrono::milliseconds)>& settled,
                         std::chrono::milliseconds timeout, const std::atomic<bool>& stop,
                         const std::function<void()>& look) {
  const auto from = std::chrono::steady_clock::now();
  while (!settled(kRedraw)) {
    look();
    if (std::chrono::steady_clock::now() - from >= (stop ? kPatienceAfterSignal : timeout)) return false;
  }
  return true;
}

std::chrono::nanoseconds run_time(const Source& source) {
  return std::chrono::nanoseconds(wsf::base::epoch_ns() - source.loop().start_epoch_ns());
}

std::string queued_text(std::uint64_t queued, std::chrono::nanoseconds time) {
  const double rate_per_s = time.count() > 0 ? static_cast<double>(queued) / seconds(time) : 0;
  return fmt::format("{} queued in {:.1f} s ({:.1f}/s)", wsf::base::format_count(queued), seconds(time), rate_per_s);
}

std::string late_text(const load::Lateness& late) {
  if (late.count == 0) return {};
  return fmt::format(" · late p50 {:.1f} · p99 {:.1f} · max {:.1f} ms", late.p50_ms, late.p99_ms, late.max_ms);
}

}  // namespace ratepub
