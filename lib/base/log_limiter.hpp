#pragma once
// Lets one line of each cause through in each period. A dead broker makes a client library repeat itself many times
// a second.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::base {

class LogLimiter {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::size_t kMaxCauses = 64;  // further ones share one entry

  explicit LogLimiter(std::chrono::seconds period = std::chrono::seconds(30)) : period_(period) {}

  // nullopt: keep quiet. Else the number of lines of this cause that were kept back since the last one. Any thread.
  std::optional<std::uint64_t> allow(std::string_view cause, Clock::time_point now);

 private:
  struct Seen {
    Clock::time_point last;
    std::uint64_t kept_back = 0;
  };
  std::chrono::seconds period_;
  std::mutex mutex_;
  std::map<std::string, Seen, std::less<>> causes_;
};

}  // namespace wsf::base
