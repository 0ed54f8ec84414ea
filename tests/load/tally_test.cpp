#include "load/tally.hpp"

#include "load/fx_rates_dialect.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

std::string event(const char* pair, std::uint32_t seq, std::int64_t due_ns, const char* run = "r") {
  return fmt::format(R"({{"type":"rateUpdate","event":{{"fxRate":{{"currencyPair":"{}"}},)"
                     R"("load":{{"run":"{}","seq":{},"due_ns":{}}}}}}})",
                     pair, run, seq, due_ns);
}

LoadOptions two_of_three() {
  LoadOptions out;
  out.connections = 2;
  out.pairs = {"EURUSD", "GBPUSD", "USDJPY"};
  out.pairs_per_connection = 2;
  return out;
}

// Connection 0 subscribes to EURUSD and GBPUSD, connection 1 to USDJPY and EURUSD.
class TallyTest : public testing::Test {
 protected:
  FxRatesDialect dialect_{two_of_three()};
  Window window_;
  RunFilter filter_{"r"};
  Tally tally_{dialect_, window_, filter_, {}};

  void SetUp() override {
    window_.from_ns = 1000;
    window_.to_ns = 2000;
  }
  void deliver(std::uint32_t connection, const char* pair, std::uint32_t seq, std::int64_t due_ns = 1500,
               const char* run = "r") {
    tally_.deliver(connection, event(pair, seq, due_ns, run), due_ns + 40);
  }
};

TEST_F(TallyTest, counts_what_is_due_in_the_window_for_each_connection) {
  deliver(0, "EURUSD", 1, 999);
  deliver(0, "EURUSD", 2, 1000);
  deliver(0, "GBPUSD", 1, 1999);
  deliver(0, "EURUSD", 3, 2000);
  deliver(1, "EURUSD", 2, 1000);
  EXPECT_EQ(tally_.received(0), 2u);
  EXPECT_EQ(tally_.received(1), 1u);
  EXPECT_EQ(tally_.counts().delivered, 3u);
  EXPECT_EQ(tally_.all_delivered().value(), 5u);
}

TEST_F(TallyTest, measures_how_long_what_came_in_the_window_lay_unread) {
  tally_.read(999, 1500);
  tally_.read(1000, 1250);
  tally_.read(0, 1500);
  tally_.read(2000, 2500);
  EXPECT_EQ(tally_.read_wait_ns().count(), 1u);
  EXPECT_EQ(tally_.read_wait_ns().max(), 250u);
}

TEST_F(TallyTest, measures_from_the_due_time) {
  deliver(0, "EURUSD", 1);
  EXPECT_EQ(tally_.latency_ns().count(), 1u);
  EXPECT_EQ(tally_.latency_ns().max(), 40u);
}

TEST_F(TallyTest, a_duplicate_is_no_delivery) {
  deliver(0, "EURUSD", 1);
  deliver(0, "EURUSD", 1);
  EXPECT_EQ(tally_.received(0), 1u);
  EXPECT_EQ(tally_.counts().duplicates, 1u);
}

TEST_F(TallyTest, a_hole_that_is_filled_late_is_none_but_out_of_order) {
  deliver(0, "EURUSD", 1);
  deliver(0, "EURUSD", 4);
  EXPECT_EQ(tally_.counts().holes, 2u);
  deliver(0, "EURUSD", 2);
  EXPECT_EQ(tally_.counts().holes, 1u);
  EXPECT_EQ(tally_.counts().late, 1u);
  EXPECT_EQ(tally_.received(0), 3u);
}

TEST_F(TallyTest, pairs_of_a_connection_are_numbered_apart) {
  deliver(0, "EURUSD", 10);
  deliver(0, "GBPUSD", 3);
  deliver(1, "EURUSD", 12);
  EXPECT_EQ(tally_.counts().holes, 0u);
}

TEST_F(TallyTest, what_was_not_subscribed_to_is_unexpected) {
  deliver(0, "USDJPY", 1);
  deliver(1, "GBPUSD", 1);
  deliver(0, "AUDNZD", 1);
  EXPECT_EQ(tally_.counts().unexpected, 3u);
  EXPECT_EQ(tally_.counts().delivered, 0u);
}

TEST_F(TallyTest, another_run_is_told_apart) {
  deliver(0, "EURUSD", 5);
  deliver(0, "EURUSD", 1, 1500, "other");
  EXPECT_EQ(tally_.counts().foreign, 1u);
  EXPECT_EQ(tally_.counts().duplicates, 0u);
}

TEST_F(TallyTest, knows_the_span_of_numbers_and_the_times_of_an_event) {
  deliver(0, "EURUSD", 7, 1500);
  tally_.deliver(1, event("EURUSD", 7, 1500), 1590);
  deliver(0, "EURUSD", 9, 1600);
  EXPECT_EQ(tally_.ranges()[0].size(), 3u);
  const EventTimes& times = tally_.event_times()[7 * 3 + 0];
  EXPECT_EQ(times.first_ns, 1540);
  EXPECT_EQ(times.last_ns, 1590);
}

TEST(RunFilter, without_a_name_takes_the_first_run_it_meets) {
  RunFilter filter("");
  EXPECT_TRUE(filter.admits("a"));
  EXPECT_TRUE(filter.admits("a"));
  EXPECT_FALSE(filter.admits("b"));
}

}  // namespace
}  // namespace wsf::load
