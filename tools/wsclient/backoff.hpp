#pragma once
// How long to wait before the next attempt to connect: exponential with full jitter (M. Brooker, "Exponential Backoff
// And Jitter"), so that clients which were dropped together do not come back together.

#include <chrono>
#include <functional>

namespace wsf::wsclient {

// What the reason for the wait asks for: not before `least`, and spread up to `most` at least.
struct WaitWindow {
  std::chrono::milliseconds least{0};
  std::chrono::milliseconds most{0};
};

class Backoff {
 public:
  static constexpr std::chrono::milliseconds kFirstCeiling{500};
  static constexpr std::chrono::milliseconds kLastCeiling{30'000};

  // `random` gives numbers in [0, 1).
  explicit Backoff(std::function<double()> random) : random_(std::move(random)) {}

  // A random wait between `asked.least` and the ceiling, which is raised to `asked.most` and doubles with each call
  // up to kLastCeiling.
  std::chrono::milliseconds next(WaitWindow asked = {});

  void reset() { ceiling_ = kFirstCeiling; }  // the connection held

 private:
  std::function<double()> random_;
  std::chrono::milliseconds ceiling_ = kFirstCeiling;
};

}  // namespace wsf::wsclient
