#include "fanout/feeds/poison_log.hpp"

#include <spdlog/spdlog.h>

namespace wsf::fanout {

void PoisonLog::skip(const kafka::Record& record, std::string_view topic, protocol::Poison cause) {
  state_.poison[static_cast<std::size_t>(cause)].add();
  Last& last = last_[static_cast<std::size_t>(cause)];
  const auto now = std::chrono::steady_clock::now();
  if (last.at != std::chrono::steady_clock::time_point{} && now - last.at < kEvery) {
    ++last.unlogged;
    return;
  }
  spdlog::warn("skipped a record: {} cause={} topic={} partition={} offset={} unlogged={}", protocol::describe(cause),
               protocol::name(cause), topic, record.partition, record.offset, last.unlogged);
  last = {now, 0};
}

}  // namespace wsf::fanout
