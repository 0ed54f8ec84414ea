#include "wsclient/clock.hpp"

#include <fmt/format.h>
#include <time.h>

#include <chrono>

namespace wsf::wsclient {

std::int64_t epoch_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

std::string local_time(std::int64_t epoch_us) {
  const time_t seconds = epoch_us / 1'000'000;
  tm local{};
  ::localtime_r(&seconds, &local);
  return fmt::format("{:02}:{:02}:{:02}.{:03}", local.tm_hour, local.tm_min, local.tm_sec, epoch_us / 1000 % 1000);
}

}  // namespace wsf::wsclient
