#include "fanout/fx_rates/freshness.hpp"

#include "fanout/fx_rates/fx_rates_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kStatus = R"(,"status":true)";

// A server that reads, where 5 s of silence are too long.
class FreshnessTest : public FxRatesTest {
 protected:
  FreshnessTest() {
    options.fx_rates->stale_after = std::chrono::seconds{5};
    app.attach(sessions);
    feed_state.broker_reachable = true;
    feed({});
    tick();
    open(5);
  }

  void silence(std::int64_t ms) {
    pass(ms);
    tick();
  }
  void broker(bool reachable) {
    feed_state.broker_reachable = reachable;
    tick();
  }
  static std::int64_t since_of(std::string_view text) {
    return std::stoll(std::string(text.substr(text.find(R"("since":)") + 8)));
  }

  const std::string live = R"({"type":"live","currencyPair":"EURUSD"})";
  const testing::Matcher<std::string> stale = HasSubstr(R"({"type":"stale","currencyPair":"EURUSD","since":)");
};

TEST_F(FreshnessTest, a_silent_pair_is_told_stale_once_and_live_before_its_next_update) {
  ask(5, subscribe(R"("EURUSD")", kStatus));
  silence(4'999);
  EXPECT_THAT(heard(5), IsEmpty());
  silence(1);
  silence(1'000);
  EXPECT_THAT(heard(5), ElementsAre(stale));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1)});
  EXPECT_THAT(heard(5), ElementsAre(live, HasSubstr(R"("n":1)"), HasSubstr(R"("n":2)")));
}

TEST_F(FreshnessTest, since_is_when_the_last_event_came) {
  ask(5, subscribe(R"("EURUSD")", kStatus));
  silence(3'000);
  feed({event("EURUSD", 1)});
  heard(5);
  silence(5'000);
  EXPECT_NEAR(static_cast<double>(since_of(heard(5).at(0))), static_cast<double>(base::epoch_ms() - 5'000), 2'000);
}

TEST_F(FreshnessTest, only_who_asked_is_told) {
  open(6);
  ask(5, subscribe(R"("EURUSD")"));
  ask(6, subscribe(R"("USDJPY")", kStatus));
  silence(5'000);
  feed({event("EURUSD", 1)});
  EXPECT_THAT(heard(5), ElementsAre(R"({"type":"rateUpdate","event":{"n":1}})"));
  EXPECT_THAT(heard(6), ElementsAre(HasSubstr("USDJPY")));
}

TEST_F(FreshnessTest, who_comes_to_a_stale_pair_is_told_after_answer_and_snapshot) {
  feed({event("EURUSD", 1)});
  silence(5'000);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", kStatus + R"(,"snapshot":true)")),
              ElementsAre(HasSubstr(R"("subscribed")"), HasSubstr(R"("snapshot":true)"), stale));
}

TEST_F(FreshnessTest, who_asks_again_is_not_told_again) {
  silence(5'000);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", kStatus)), ElementsAre(HasSubstr(R"("subscribed")"), stale));
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", kStatus)), ElementsAre(HasSubstr(R"("subscribed")")));
  feed({event("EURUSD", 1)});
  EXPECT_THAT(heard(5), ElementsAre(live, HasSubstr("rateUpdate")));
}

TEST_F(FreshnessTest, who_no_longer_asks_is_no_longer_told) {
  ask(5, subscribe(R"("EURUSD","USDJPY")", kStatus));
  ask(5, subscribe(R"("EURUSD")"));
  ask(5, client_text(R"({"action":"unsubscribe","currencyPairs":["USDJPY"]})"));
  silence(5'000);
  EXPECT_THAT(heard(5), IsEmpty());
}

TEST_F(FreshnessTest, a_lost_broker_is_told_at_once_and_its_return_to_recent_pairs_only) {
  ask(5, subscribe(R"("EURUSD","USDJPY")", kStatus));
  silence(3'000);
  feed({event("EURUSD", 1)});
  heard(5);
  broker(false);
  EXPECT_THAT(heard(5), testing::UnorderedElementsAre(stale, HasSubstr("USDJPY")));
  silence(2'500);
  broker(true);
  EXPECT_THAT(heard(5), ElementsAre(live));
}

TEST_F(FreshnessTest, a_pair_from_before_the_start_is_silent_since_it_was_written) {
  hub::Update old = event("EURUSD", 4);
  old.silent = true;
  old.kafka_ms = base::epoch_ms() - 60'000;
  feed({old});
  const auto texts = ask(5, subscribe(R"("EURUSD")", kStatus));
  ASSERT_THAT(texts, ElementsAre(HasSubstr(R"("subscribed")"), stale));
  EXPECT_NEAR(static_cast<double>(since_of(texts[1])), static_cast<double>(old.kafka_ms), 2'000);
}

TEST_F(FreshnessTest, before_the_head_of_the_log_everything_is_stale) {
  Reception its_reception{options, state, pages};
  FxRates starting{*options.fx_rates, feed_state, nullptr, its_reception, route};
  ws::Sessions its_sessions{kernel, its_reception, {}, now};
  its_reception.attach(its_sessions);
  its_reception.add(starting);
  starting.attach(its_sessions);
  starting.on_tick();
  its_sessions.adopt(9);
  kernel[9].incoming = upgrade_request() + subscribe(R"("EURUSD")", kStatus);
  its_sessions.on_ready(kernel.readable(9));
  auto head = std::make_shared<hub::UpdateBatch>();
  head->head = true;
  starting.on_batch(head);
  starting.on_tick();
  its_sessions.flush();
  const std::string bytes = kernel[9].written;
  EXPECT_THAT(texts_in(bytes.substr(bytes.find("\r\n\r\n") + 4)),
              ElementsAre(HasSubstr("connected"), HasSubstr("subscribed"), stale, live));
}

TEST_F(FreshnessTest, a_tombstone_is_no_sign_of_life) {
  ask(5, subscribe(R"("EURUSD")", kStatus));
  silence(4'000);
  hub::Update gone = event("EURUSD", 1);
  gone.tombstone = true;
  feed({gone});
  silence(1'000);
  EXPECT_THAT(heard(5), ElementsAre(stale));
}

TEST_F(FreshnessTest, the_gauges_count_subscribed_pairs_only) {
  feed({event("EURUSD", 1), event("GBPUSD", 2)});
  ask(5, subscribe(R"("EURUSD","USDJPY")"));
  silence(6'000);
  EXPECT_EQ(app.counters().stale_pairs.value(), 2);
  EXPECT_EQ(app.counters().oldest_pair_age_ms.value(), 6'000);
  ask(5, client_text(R"({"action":"unsubscribe","currencyPairs":["EURUSD"]})"));
  kernel[5].peer_ended = true;
  receive(5, "");
  silence(1'000);
  EXPECT_EQ(app.counters().stale_pairs.value(), 0);
  EXPECT_EQ(app.counters().oldest_pair_age_ms.value(), 0);
}

}  // namespace
}  // namespace wsf::fanout
