#include "load/kafka_wait.hpp"

#include "base/units.hpp"
#include "load/progress_line.hpp"

#include <fmt/format.h>

#include <future>

namespace wsf::load {
namespace {

constexpr std::chrono::seconds kUntold{1};

}  // namespace

bool wait_for_kafka(kafka::Producer& producer, const kafka::Destination& kafka, std::chrono::milliseconds timeout,
                    const std::atomic<bool>& stop, int fd, std::string_view head) {
  auto ready =
      std::async(std::launch::async, [&] { return kafka::wait_until_ready(producer, kafka, timeout, &stop); });
  ProgressLine progress(fd);
  if (progress.wanted() && ready.wait_for(kUntold) != std::future_status::ready) {
    progress.finish(
        fmt::format("{} waiting for Kafka at {}, at most {}", head, kafka.where, base::format_duration(timeout)));
  }
  return ready.get();
}

}  // namespace wsf::load
