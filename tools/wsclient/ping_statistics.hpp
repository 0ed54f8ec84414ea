#pragma once
// The figures under a series of pings, as ping(8) gives them. Pure; one thread.

#include <cstdint>
#include <string>

namespace wsf::wsclient {

class PingStatistics {
 public:
  void sent() { ++sent_; }
  void answered(std::int64_t round_trip_us);

  std::uint64_t sent_count() const { return sent_; }
  std::uint64_t answered_count() const { return answered_; }

  // "5 sent, 5 answered, 0 % lost, time 4.0 s", and with an answer a second line
  // "round trip min/avg/max/mdev = 0.31/0.42/0.58/0.09 ms".
  std::string text(std::int64_t elapsed_ms) const;

 private:
  std::uint64_t sent_ = 0;
  std::uint64_t answered_ = 0;
  std::int64_t min_us_ = 0;
  std::int64_t max_us_ = 0;
  double mean_us_ = 0;
  double squares_ = 0;  // sum of squared distances from the mean (B. P. Welford, 1962)
};

}  // namespace wsf::wsclient
