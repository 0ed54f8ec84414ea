#include "fanout/fx_rates/delivery.hpp"

#include "fanout/fx_rates/fx_rates_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kTen = R"(,"maxRateHz":10)";  // an update each 100 ms
const std::string kTenWithMeta = kTen + R"(,"meta":true)";

class DeliveryTest : public FxRatesTest {
 protected:
  DeliveryTest() {
    feed({});
    open(5);
  }

  std::vector<std::string> after(std::int64_t ms) {
    pass(ms);
    app.send_due();
    sessions.flush();
    return heard(5);
  }
  static std::string plain(int n) { return R"({"type":"rateUpdate","event":{"n":)" + std::to_string(n) + "}}"; }
  static testing::Matcher<std::string> link(const std::string& offset, const std::string& prev, int conflated) {
    return AllOf(HasSubstr(R"("offset":"0-)" + offset + R"(","prev":)" + prev),
                 HasSubstr(R"("conflated":)" + std::to_string(conflated) + "}"));
  }
};

TEST_F(DeliveryTest, an_update_goes_out_at_once_and_then_only_the_newest_when_its_time_has_come) {
  ask(5, subscribe(R"("EURUSD")", kTen));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1), event("EURUSD", 3, 2)});
  EXPECT_THAT(heard(5), ElementsAre(plain(1)));
  EXPECT_THAT(after(99), IsEmpty());
  EXPECT_THAT(after(1), ElementsAre(plain(3)));
  EXPECT_THAT(after(1'000), IsEmpty());
}

TEST_F(DeliveryTest, the_chain_says_what_was_left_out) {
  ask(5, subscribe(R"("EURUSD")", kTenWithMeta));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1), event("EURUSD", 3, 2)});
  EXPECT_THAT(heard(5), ElementsAre(link("1", "null", 0)));
  EXPECT_THAT(after(100), ElementsAre(link("3", R"("0-1")", 1)));
  feed({event("EURUSD", 4, 3)});
  EXPECT_THAT(after(100), ElementsAre(link("4", R"("0-3")", 0)));
}

TEST_F(DeliveryTest, each_pair_has_its_own_rate_and_others_are_not_held) {
  open(6);
  ask(5, subscribe(R"("EURUSD")", kTen));
  ask(5, subscribe(R"("USDJPY")"));
  ask(6, subscribe(R"("EURUSD")"));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1), event("USDJPY", 3), event("USDJPY", 4, 3)});
  EXPECT_THAT(heard(5), ElementsAre(plain(1), plain(3), plain(4)));
  EXPECT_THAT(heard(6), ElementsAre(plain(1), plain(2)));
}

TEST_F(DeliveryTest, what_is_held_ends_with_the_subscription) {
  ask(5, subscribe(R"("EURUSD")", kTen));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1)});
  heard(5);
  ask(5, client_text(R"({"action":"unsubscribe","currencyPairs":["EURUSD"]})"));
  EXPECT_THAT(after(100), IsEmpty());
}

TEST_F(DeliveryTest, what_is_held_ends_with_the_session) {
  ask(5, subscribe(R"("EURUSD")", kTen));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1)});
  kernel[5].peer_ended = true;
  receive(5, "");
  app.send_due();
  EXPECT_EQ(app.counters().held_updates.value(), 0);
  EXPECT_EQ(app.next_due_ms(), std::nullopt);
}

TEST_F(DeliveryTest, asking_again_without_a_rate_lets_what_is_held_go_first) {
  ask(5, subscribe(R"("EURUSD")", kTen));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1)});
  heard(5);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")")), ElementsAre(plain(2), HasSubstr("subscribed")));
  feed({event("EURUSD", 3, 2), event("EURUSD", 4, 3)});
  EXPECT_THAT(heard(5), ElementsAre(plain(3), plain(4)));
}

TEST_F(DeliveryTest, asking_again_for_the_same_keeps_it_held) {
  ask(5, subscribe(R"("EURUSD")", kTen));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1)});
  heard(5);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", kTen)), ElementsAre(HasSubstr("subscribed")));
  EXPECT_THAT(after(100), ElementsAre(plain(2)));
}

TEST_F(DeliveryTest, what_is_held_goes_out_in_the_form_that_was_asked_for_when_it_came) {
  ask(5, subscribe(R"("EURUSD")", kTenWithMeta));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1)});
  heard(5);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", kTen)), ElementsAre(link("2", R"("0-1")", 0), HasSubstr("subscribed")));
}

TEST_F(DeliveryTest, a_snapshot_stands_for_what_is_held_and_counts) {
  ask(5, subscribe(R"("EURUSD")", kTenWithMeta));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1), event("EURUSD", 3, 2)});
  heard(5);
  EXPECT_THAT(after(50), IsEmpty());
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", kTenWithMeta + R"(,"snapshot":true)")),
              ElementsAre(HasSubstr("subscribed"), link("3", R"("0-1")", 1)));
  feed({event("EURUSD", 4, 3)});
  EXPECT_THAT(after(99), IsEmpty());
  EXPECT_THAT(after(1), ElementsAre(link("4", R"("0-3")", 0)));
}

TEST_F(DeliveryTest, a_resume_keeps_to_the_rate_and_its_chain_is_whole) {
  feed({event("EURUSD", 1), event("EURUSD", 2, 1), event("EURUSD", 3, 2), event("EURUSD", 4, 3)});
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", kTenWithMeta + R"(,"resume":{"EURUSD":"0-1"})")),
              ElementsAre(HasSubstr(R"("recovered":{"EURUSD":true})"), link("2", R"("0-1")", 0)));
  EXPECT_THAT(after(100), ElementsAre(link("4", R"("0-2")", 1)));
}

TEST_F(DeliveryTest, a_tombstone_does_not_take_back_what_is_held) {
  ask(5, subscribe(R"("EURUSD")", kTen));
  hub::Update gone = event("EURUSD", 3);
  gone.tombstone = true;
  feed({event("EURUSD", 1), event("EURUSD", 2, 1), gone});
  heard(5);
  EXPECT_THAT(after(100), ElementsAre(plain(2)));
}

TEST_F(DeliveryTest, what_is_held_goes_out_before_the_gap_that_came_after_it) {
  ask(5, subscribe(R"("EURUSD")", kTenWithMeta));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1)});
  heard(5);
  lose({0, 3}, {0, 6});
  EXPECT_THAT(heard(5), ElementsAre(link("2", R"("0-1")", 0),
                                    R"({"type":"gap","currencyPair":"EURUSD","from":"0-2","to":"0-6"})"));
}

TEST_F(DeliveryTest, what_a_slow_line_leaves_out_is_added_to_what_the_rate_left_out) {
  ask(5, subscribe(R"("EURUSD")", kTenWithMeta));
  feed({event("EURUSD", 1)});
  heard(5);
  kernel[5].takes = 0;
  feed({event("EURUSD", 2, 1), event("EURUSD", 3, 2)});
  after(100);
  pass(1'500);
  feed({event("EURUSD", 4, 3), event("EURUSD", 5, 4), event("EURUSD", 6, 5)});
  after(100);
  unblock(5);
  EXPECT_THAT(heard(5), ElementsAre(link("6", R"("0-1")", 4)));
}

TEST_F(DeliveryTest, the_next_due_time_is_told_and_what_is_held_and_left_out_is_counted) {
  EXPECT_EQ(app.next_due_ms(), std::nullopt);
  ask(5, subscribe(R"("EURUSD")", kTen));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1), event("EURUSD", 3, 2)});
  app.send_due();
  EXPECT_EQ(app.next_due_ms(), now + 100);
  EXPECT_EQ(app.counters().held_updates.value(), 1);
  EXPECT_EQ(app.counters().left_out_by_rate.value(), 1u);
  EXPECT_EQ(app.counters().updates_sent.value(), 1u);
  after(100);
  EXPECT_EQ(app.counters().held_updates.value(), 0);
  EXPECT_EQ(app.counters().updates_sent.value(), 2u);
}

}  // namespace
}  // namespace wsf::fanout
