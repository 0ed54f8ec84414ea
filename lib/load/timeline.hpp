#pragma once
// Latencies by the time when their events were due, in slots of equal length: what happened when, and what to leave
// out of the whole. One thread writes; merged with others' after.

#include "stats/histogram.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace wsf::load {

class Timeline {
 public:
  static constexpr std::size_t kMostSlots = 300;  // 11 KB each, 22 KB with stages

  struct Slot {
    explicit Slot(bool stages)
        : latency_us(60'000'000), logged_to_sent_ms(stages ? 60'000 : 1), sent_to_received_ms(stages ? 60'000 : 1) {}
    stats::Histogram latency_us, logged_to_sent_ms, sent_to_received_ms;

    void merge(const Slot& other) {
      latency_us.merge(other.latency_us);
      logged_to_sent_ms.merge(other.logged_to_sent_ms);
      sent_to_received_ms.merge(other.sent_to_received_ms);
    }
  };

  // The slot for a run of this length: a second, or as long as makes them kMostSlots.
  static std::int64_t slot_ns_for(std::int64_t duration_ns) {
    return std::max<std::int64_t>(1'000'000'000, duration_ns / std::int64_t{kMostSlots} + 1);
  }

  Timeline(std::int64_t slot_ns, bool stages) : slot_ns_(slot_ns), stages_(stages) {}

  // `since_ns`: from the start of the window. Allocates at the first use of a slot.
  Slot& at(std::int64_t since_ns) {
    return slot(static_cast<std::size_t>(std::max<std::int64_t>(0, since_ns) / slot_ns_));
  }
  void merge(const Timeline& other) {
    for (std::size_t i = 0; i < other.slots_.size(); i++) {
      if (other.slots_[i]) slot(i).merge(*other.slots_[i]);
    }
  }

  std::size_t size() const { return slots_.size(); }
  const Slot* get(std::size_t index) const { return slots_[index].get(); }  // nullptr: nothing was due then, or came
  std::int64_t slot_ns() const { return slot_ns_; }

 private:
  Slot& slot(std::size_t index) {
    index = std::min(index, kMostSlots - 1);
    if (index >= slots_.size()) slots_.resize(index + 1);
    if (!slots_[index]) slots_[index] = std::make_unique<Slot>(stages_);
    return *slots_[index];
  }

  std::int64_t slot_ns_;
  bool stages_;
  std::vector<std::unique_ptr<Slot>> slots_;
};

}  // namespace wsf::load
