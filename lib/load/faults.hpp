#pragma once
// Bad records among good ones, on purpose, by a seed: each kind that wsfanout counts as poison under the same name,
// and four that are no poison. A bad record goes before an event of its own accord; the events themselves are what
// they would be without.

#include "base/result.hpp"
#include "load/open_loop.hpp"
#include "protocol/fx_rates.hpp"

#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

// The causes of protocol::Poison come first, in their order.
enum class Fault : std::uint8_t {
  unkeyed = protocol::kFxRatesPoisonCount,  // the event, without a key
  duplicate,                                // the event, twice
  tombstone,                                // the event's key without a value
  out_of_order,                             // the event with a timestamp of 2001
};
inline constexpr std::size_t kFaultCount = protocol::kFxRatesPoisonCount + 4;

std::string_view name(Fault);
constexpr Fault fault_at(std::size_t index) {
  return static_cast<Fault>(index);
}

// How often each kind comes: its share of the events.
class FaultMix {
 public:
  // {"1%"}: 1 % of all kinds together, each as often. {"not_json=1%", "too_large=0.1%"}: of these. {}: none.
  static base::Result<FaultMix> parse(const std::vector<std::string>& items);

  bool empty() const { return sum() == 0; }
  bool has(Fault fault) const { return shares_[static_cast<std::size_t>(fault)] > 0; }
  // `chance` in [0, 1), evenly distributed.
  std::optional<Fault> draw(double chance) const;

 private:
  double sum() const;
  std::array<double, kFaultCount> shares_{};
};

// What a bad record holds in place of the event, which must be a good one; its key is for the caller. std::nullopt:
// the event cannot be made so (out_of_order, and it has no timestamp).
struct BadValue {
  std::optional<std::string> value;  // std::nullopt: a tombstone
};
std::optional<BadValue> spoil(Fault, std::string_view event);
inline constexpr std::size_t kTooLargeBytes = 64 * 1024;  // every too_large one has more: --max-event by default

// Puts bad records before the events on their way to `next`. The same events and seed give the same bad records.
class FaultyOutput : public RecordOutput {
 public:
  FaultyOutput(RecordOutput& next, const FaultMix& mix, std::uint64_t seed) : next_(next), mix_(mix), random_(seed) {}

  bool put_record(std::optional<std::string_view> key, std::optional<std::string_view> value) override;

  std::uint64_t total() const { return total_.load(std::memory_order_relaxed); }  // any thread
  std::string summary() const;  // "not_json 3 · too_large 1": of the mix; not while another thread puts

 private:
  void draw(std::optional<std::string_view> value);
  bool put_bad(std::optional<std::string_view> key);

  RecordOutput& next_;
  const FaultMix mix_;
  std::mt19937_64 random_;
  bool drawn_ = false;  // for the event that comes next, which may be offered several times
  std::optional<Fault> fault_;
  BadValue bad_;
  std::array<std::uint64_t, kFaultCount> counts_{};
  std::atomic<std::uint64_t> total_{0};
};

}  // namespace wsf::load
