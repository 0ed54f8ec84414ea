#pragma once
// What became of spans: written by any thread, read by any.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wsf::trace {

enum class Dropped {
  spool_full,
  refused,      // by the collector, for good
  undelivered,  // after kMaxTries
  stopped,      // the process ended first
};
inline constexpr std::array<std::string_view, 4> kDroppedNames{"spool_full", "refused", "undelivered", "stopped"};

struct SpanCounters {
  std::atomic<std::uint64_t> exported{0};
  std::atomic<std::uint64_t> export_failures{0};  // posts that were not taken
  std::array<std::atomic<std::uint64_t>, kDroppedNames.size()> dropped{};

  void drop(Dropped cause, std::uint64_t spans) { dropped[static_cast<std::size_t>(cause)] += spans; }
};

}  // namespace wsf::trace
