#pragma once
// The events of a run: what is published when, whatever the protocol and wherever they go.

#include "load/event_mark.hpp"
#include "load/open_loop.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

struct EventPlan {
  double rate_per_s = 10;                // of all events together, above 0
  std::uint64_t burst = 1;               // so many events of one key are due at the same time, the rate stays
  std::chrono::nanoseconds duration{0};  // no event is due at or after it
  std::uint64_t seed = 1;
  std::string run = "run";  // names this run in each event
};

struct Outgoing {
  std::size_t topic = 0;            // index among the protocol's
  std::string_view key, text;       // the key: what the broker routes by
  std::optional<EventMark> mark{};  // where the text has none
  std::uint32_t marked_key = 0;     // the plan's, of an event with such a mark
};

class EventScript {
 public:
  using Put = std::function<bool(const Outgoing&)>;  // false: not now, the same event is offered again

  virtual ~EventScript() = default;
  virtual OpenLoop& loop() = 0;
  // Events that are due within [from, to) since the start, published or not, by the plan's keys.
  virtual std::vector<std::uint64_t> due(std::chrono::nanoseconds from, std::chrono::nanoseconds to) const = 0;
};

}  // namespace wsf::load
