#pragma once
// What all threads of a server may ask of it, and what they count together.

#include "fanout/door/address_limits.hpp"
#include "fanout/door/shed.hpp"

#include <atomic>
#include <cstdint>

namespace wsf::trace {
class Tracer;
}

namespace wsf::fanout {

// From worst to best, but for the last: a server that drains answers nothing else.
enum class Readiness { starting, degraded, ready, draining };

struct ServerState {
  std::atomic<bool> draining{false};
  std::atomic<std::uint64_t> admitted{0};  // open connections of all shards that count against the limit
  trace::Tracer* tracer = nullptr;         // set before any thread runs; none: nothing is traced
  AddressLimits addresses{};
  ShedCounters shed{};                       // written by the accepting thread
  std::atomic<std::uint64_t> feed_waits{0};  // times that a feed waited for a shard that was behind
};

}  // namespace wsf::fanout
