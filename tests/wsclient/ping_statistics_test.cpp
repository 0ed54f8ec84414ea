#include "wsclient/ping_statistics.hpp"

#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

TEST(ping_statistics, are_those_of_ping) {
  PingStatistics statistics;
  for (const auto us : {300, 400, 500}) {
    statistics.sent();
    statistics.answered(us);
  }
  EXPECT_EQ(statistics.text(4012),
            "3 sent, 3 answered, 0 % lost, time 4.0 s\n"
            "round trip min/avg/max/mdev = 0.30/0.40/0.50/0.08 ms");
}

TEST(ping_statistics, without_an_answer_have_no_round_trip) {
  PingStatistics statistics;
  statistics.sent();
  EXPECT_EQ(statistics.text(1000), "1 sent, 0 answered, 100 % lost, time 1.0 s");
}

TEST(ping_statistics, of_nothing_lose_nothing) {
  EXPECT_EQ(PingStatistics().text(0), "0 sent, 0 answered, 0 % lost, time 0.0 s");
}

}  // namespace
}  // namespace wsf::wsclient
