#pragma once
// Whether what a connection received of a pair is complete, told from the positions that its updates carry
// (wsfanout-protocol(7), "meta"). The rule is the delivery promise: the offsets of a pair strictly increase within a
// partition, and each hole is a conflation that was counted, a gap that was announced, or the end of a connection.

#include "base/position.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string_view>

namespace wsf::protocol {

// How a message joins what was received before it.
enum class Step : std::uint8_t {
  // Nothing is missing.
  first,      // of the pair, or nothing is known of what was before
  in_order,   // its `prev` is the last offset received
  known,      // a snapshot of the update that came last
  moved,      // in order, from another partition than the one before
  new_epoch,  // the first of a log that was made anew
  // A hole that is accounted for.
  conflated,    // the updates between were superseded unsent, and counted
  gap,          // announced by the server
  not_resumed,  // the updates between came while there was no connection, and nobody asked for them
  // A broken promise.
  lost,       // `prev` is not the last offset received
  backwards,  // repeated, or from before the last one in its partition, or from an older epoch
};
inline constexpr std::size_t kStepCount = 10;

constexpr bool is_hole(Step step) {
  return step >= Step::conflated;
}
constexpr bool is_accounted_for(Step step) {
  return step < Step::lost;
}
std::string_view name(Step step);      // for machines: "not_resumed"
std::string_view describe(Step step);  // for people: "missed while not connected, and not asked for"

// What an update says of its place.
struct ChainLink {
  base::Position at;
  std::optional<base::Position> prev;
  std::uint32_t conflated = 0;
  bool snapshot = false;
};

// The chain of one pair as one client sees it, over all its connections. 24 bytes, no allocation, a few comparisons
// for each call; the caller keeps one for each pair. Of the partitions that a pair has moved through only the last
// one is remembered.
class UpdateChain {
 public:
  // After `lost` the chain goes on from this update; after `backwards` it stays where it was.
  Step update(const ChainLink& link);

  // Step::gap, or `lost` where the announcement begins after what was received last: nobody speaks for what is
  // between. `to` null: the server knows of no update.
  Step gap(const base::Position& from, const std::optional<base::Position>& to);

  // The server's answer to a resume. True: the chain goes on without a hole. False: the next update may be any, and
  // is told as Step::gap unless gap() has told it before.
  void recovered(bool all);

  // A new connection, or a new subscription after an unsubscribe: until the server recovers it, nobody promises that
  // the next update joins.
  void reconnected();

  // Of the update received last; nothing between an announced gap and the first update after it.
  std::optional<base::Position> last() const;
  // last() or, after a gap, the position before its end: what stands there is still to come.
  std::optional<base::Position> resume_from() const;

 private:
  enum class Expects : std::uint8_t { anything, next, unrecovered, unresumed };

  Step judge(const ChainLink& link) const;
  bool goes_back(const base::Position& at) const;
  bool joins(const ChainLink& link) const;
  Step forward(const ChainLink& link) const;

  base::Position last_;  // received, or where an announced gap ends
  Expects expects_ = Expects::anything;
  bool beyond_gap_ = false;
};
static_assert(sizeof(UpdateChain) <= 24, "wsload keeps one for each pair of each of its connections");

// How often each step was seen.
struct StepCounts {
  std::array<std::uint64_t, kStepCount> by_step{};

  void add(Step step) { ++by_step[static_cast<std::size_t>(step)]; }
  void add(const StepCounts& other) {
    for (std::size_t i = 0; i < kStepCount; ++i) by_step[i] += other.by_step[i];
  }
  std::uint64_t of(Step step) const { return by_step[static_cast<std::size_t>(step)]; }
  std::uint64_t holes() const { return from(Step::conflated); }
  std::uint64_t unaccounted() const { return from(Step::lost); }

 private:
  std::uint64_t from(Step first) const {
    return std::accumulate(by_step.begin() + static_cast<std::ptrdiff_t>(first), by_step.end(), std::uint64_t{0});
  }
};

}  // namespace wsf::protocol
