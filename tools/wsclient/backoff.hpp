#pragma once
// How long to wait before the next attempt to connect: exponential with full jitter (M. Brooker, "Exponential Backoff
// And Jitter"), so that clients which were dropped together do not come back together.

#include <chrono>
#include <functional>

namespace wsf::wsclient {

class Backoff {
 public:
  static constexpr std::chrono::milliseconds kFirstCeiling{500};
  static constexpr std::chrono::milliseconds kLastCeiling{30'000};

  // `random` gives numbers in [0, 1).
  explicit Backoff(std::function<double()> random) : random_(std::move(random)) {}

  // A random wait below the ceiling, which doubles with each call up to kLastCeiling.
  std::chrono::milliseconds next();

  void reset() { ceiling_ = kFirstCeiling; }  // the connection held

 private:
  std::function<double()> random_;
  std::chrono::milliseconds ceiling_ = kFirstCeiling;
};

}  // namespace wsf::wsclient
