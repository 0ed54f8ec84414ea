#pragma once
// How long to wait before the next attempt to connect: exponential with full jitter (M. Brooker, "Exponential Backoff
// And Jitter"), so that clients which were dropped together do not come back together.

#include <chrono>
#include <functional>

namespace wsf::base {

// What the reason for the wait asks for: not before `least`, and spread up to `most` at least.
struct WaitWindow {
  std::chrono::milliseconds least{0};
  std::chrono::milliseconds most{0};
};

// Between which ceilings the random wait grows.
struct BackoffLimits {
  std::chrono::milliseconds first{500};
  std::chrono::milliseconds last{30'000};
};

class Backoff {
 public:
  // `random` gives numbers in [0, 1).
  explicit Backoff(std::function<double()> random, BackoffLimits limits = {})
      : random_(std::move(random)), limits_(limits) {}

  // A random wait between `asked.least` and the ceiling, which is raised to `asked.most` and doubles with each call
  // up to the last one.
  std::chrono::milliseconds next(WaitWindow asked = {});

  void reset() { ceiling_ = limits_.first; }  // the connection held

 private:
  std::function<double()> random_;
  BackoffLimits limits_;
  std::chrono::milliseconds ceiling_ = limits_.first;
};

}  // namespace wsf::base
