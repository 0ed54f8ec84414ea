#include "protocol/fx_rates_relay.hpp"

#include "protocol/fx_rates.hpp"

#include <gtest/gtest.h>

namespace wsf::protocol {
namespace {

constexpr std::string_view kEvent =
    R"({"eventType":"FxRateUpdated","fxRate":{"currencyPair":"EURUSD","rate":1.0850,"bid":1.0849,"ask":1.0851}})";

RelayedEvent parsed_event(std::string_view text) {
  const auto relayed = parse_relayed(text);
  if (!std::holds_alternative<Relayed>(relayed)) return {};
  return std::get<RelayedEvent>(std::get<Relayed>(relayed));
}

Poison cause_of(std::string_view text) {
  return std::get<Poison>(parse_relayed(text));
}

TEST(FxRatesRelay, an_event_comes_back_byte_for_byte_with_its_place) {
  const RelayPlace place{
      .at = {3, 12, 1}, .prev = base::Position{3, 9, 1}, .kafka_ms = 1'700'000'000'123, .restated = true};
  for (const std::string& event : {std::string(kEvent), std::string(kEvent) + " \n"}) {
    const RelayedEvent back = parsed_event(relayed_event(event, place));
    EXPECT_EQ(back.event, event);
    EXPECT_EQ(back.place, place);
  }
}

TEST(FxRatesRelay, what_a_place_does_not_have_is_not_made_up) {
  const RelayPlace place{.at = {0, 0}};
  EXPECT_EQ(parsed_event(relayed_event(kEvent, place)).place, place);
}

TEST(FxRatesRelay, a_reader_who_knows_nothing_of_the_place_reads_a_valid_event) {
  const auto checked = check_event(relayed_event(kEvent, {.at = {3, 12}}), 4096);
  ASSERT_TRUE(std::holds_alternative<Pair>(checked));
  EXPECT_EQ(std::get<Pair>(checked).view(), "EURUSD");
}

TEST(FxRatesRelay, an_events_own_member_of_that_name_stays_the_events) {
  const std::string event = R"({"wsfanout":{"at":"9-9"},"eventType":"FxRateUpdated"})";
  const RelayedEvent back = parsed_event(relayed_event(event, {.at = {0, 1}}));
  EXPECT_EQ(back.event, event);
  EXPECT_EQ(back.place.at, base::Position(0, 1));
}

TEST(FxRatesRelay, removals_and_losses_come_back_as_they_are) {
  const auto removal = std::get<RelayedRemoval>(std::get<Relayed>(parse_relayed(relayed_removal("EURUSD", {1, 7}))));
  EXPECT_EQ(removal.pair, "EURUSD");
  EXPECT_EQ(removal.at, base::Position(1, 7));
  const auto loss = std::get<RelayedLoss>(std::get<Relayed>(parse_relayed(relayed_loss({1, 7, 2}, {1, 90, 2}))));
  EXPECT_EQ(loss.first, base::Position(1, 7, 2));
  EXPECT_EQ(loss.next, base::Position(1, 90, 2));
}

TEST(FxRatesRelay, what_has_no_place_is_refused) {
  EXPECT_EQ(cause_of(kEvent), Poison::missing_field);
  EXPECT_EQ(cause_of(""), Poison::missing_field);
  EXPECT_EQ(cause_of(R"("wsfanout":{)"), Poison::missing_field);
  EXPECT_EQ(cause_of(R"({"a":1,"wsfanout":{}})"), Poison::missing_field);
  EXPECT_EQ(cause_of(R"({"a":1,"wsfanout":{"at":"x"}})"), Poison::missing_field);
  EXPECT_EQ(cause_of(R"({"a":1,"wsfanout":{"at":7}})"), Poison::missing_field);
  EXPECT_EQ(cause_of(R"({"a":1,"wsfanout":{"at"}})"), Poison::not_json);
  EXPECT_EQ(cause_of(R"({"a":1,"wsfanout":{"at":"0-1","kafka":18446744073709551615}})"), Poison::bad_number);
  EXPECT_EQ(cause_of(R"({"wsfanout":{"at":"0-1","removed":"eurusd"}})"), Poison::invalid_pair);
  EXPECT_EQ(cause_of(R"({"wsfanout":{"lost":"0-1","next":"1-1"}})"), Poison::missing_field);
  EXPECT_EQ(cause_of(R"({"a":1,"wsfanout":{"at":"0-1","x":")" + std::string(kMaxRelayMemberBytes, 'x') + "\"}}"),
            Poison::missing_field);
}

TEST(FxRatesRelay, a_pulse_tells_whether_the_broker_is_reached) {
  EXPECT_EQ(parse_relay_pulse(relay_pulse(true)), true);
  EXPECT_EQ(parse_relay_pulse(relay_pulse(false)), false);
  EXPECT_EQ(parse_relay_pulse(R"({"broker":1})"), std::nullopt);
  EXPECT_EQ(parse_relay_pulse("x"), std::nullopt);
}

}  // namespace
}  // namespace wsf::protocol
