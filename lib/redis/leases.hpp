#pragma once
// A few places for each key, shared by all processes that ask the same Redis: who takes one holds it by a lease,
// which is renewed until it is released. A process that dies frees its places when their leases end. The way of
// counting is that of a semaphore with time-outs (J. Carlson, "Redis in Action", 6.3), as one script, by Redis' clock
// alone.

#include "redis/options.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace wsf::redis {

struct LeaseOptions {
  std::string prefix{};                     // of the keys in Redis: a sorted set for each key that is held
  std::uint64_t most = 1;                   // places of a key
  std::chrono::milliseconds lease{30'000};  // renewed before a third of it has passed
};

struct LeaseCounters {
  std::uint64_t held = 0;      // places, those not yet answered included
  std::uint64_t refused = 0;   // because all places of the key were taken
  std::uint64_t failures = 0;  // commands that Redis did not answer, or refused
  bool counting = false;       // Redis answers: the places are counted over all processes
};

// Owns two threads. While Redis cannot be asked every place is granted; when it is back, what is held is written
// anew, above `most` where need be: a place that was granted is never taken back later. Redis 5 or newer.
class Leases {
 public:
  static constexpr int kTurnsPerRenewal = 16;  // the renewals are spread over so many turns
  static constexpr std::chrono::milliseconds kFarewell{1'000};

  // Called once, on a thread of Leases; it may call take() and release(). The place is not held then.
  using OnRefused = std::function<void(std::uint64_t place)>;
  // Whether places are counted over all processes changed, and why. On a thread of Leases, or within take(); it must
  // not call Leases.
  using OnChange = std::function<void(bool counting, const std::string& why)>;

  // Throws base::StartupError (usage) with what is wrong with the TLS files. Does not wait for the server.
  Leases(const Options& options, const LeaseOptions& leases, OnChange on_change = {});
  ~Leases();
  Leases(const Leases&) = delete;
  Leases& operator=(const Leases&) = delete;

  // Any thread; none waits for Redis. The place is granted until `on_refused` says otherwise; its number is used
  // once. The caller bounds how many it takes.
  std::uint64_t take(const std::string& key, OnRefused on_refused);
  // Without effect for a place that was refused meanwhile.
  void release(const std::string& key, std::uint64_t place);

  // Waits until what was released is said to Redis, kFarewell at most, and ends the threads: no call of on_refused
  // after it, and what is called here has no effect any more. Not on a thread of Leases.
  void stop();

  LeaseCounters counters() const;  // any thread

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace wsf::redis
