#include "protocol/fx_rates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::protocol {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(FxRatesCommand, a_request_with_refused_pairs_only_is_a_subscribe_without_an_answer) {
  const Command command = parse_command(R"({"action":"subscribe","currencyPairs":["EURUS"]})");
  EXPECT_EQ(command.action, Action::subscribe);
  EXPECT_THAT(command.pairs, IsEmpty());
  EXPECT_THAT(command.refused, ElementsAre("EURUS"));
  EXPECT_FALSE(command.has_answer());
}

TEST(FxRatesCommand, an_empty_request_has_an_answer) {
  EXPECT_TRUE(parse_command(R"({"action":"subscribe","currencyPairs":[]})").has_answer());
}

TEST(FxRatesCommand, extensions_are_off_unless_asked_for) {
  const Command command = parse_command(R"({"action":"subscribe","currencyPairs":["EURUSD"]})");
  EXPECT_FALSE(command.snapshot);
  EXPECT_FALSE(command.meta);
  EXPECT_FALSE(command.status);
  EXPECT_FALSE(command.max_rate_hz);
}

TEST(FxRatesCommand, extensions_are_asked_for_by_true) {
  const Command command =
      parse_command(R"({"action":"subscribe","currencyPairs":["EURUSD"],"snapshot":true,"meta":true,"status":true})");
  EXPECT_TRUE(command.snapshot);
  EXPECT_TRUE(command.meta);
  EXPECT_TRUE(command.status);
}

TEST(FxRatesCommand, nothing_but_true_asks_for_an_extension) {
  for (const char* value : {"false", "1", "\"true\"", "null", "[true]"}) {
    const Command command = parse_command(R"({"action":"subscribe","currencyPairs":[],"snapshot":)" +
                                          std::string(value) + R"(,"meta":)" + value + R"(,"status":)" + value + "}");
    EXPECT_EQ(command.action, Action::subscribe) << value;
    EXPECT_FALSE(command.snapshot) << value;
    EXPECT_FALSE(command.meta) << value;
    EXPECT_FALSE(command.status) << value;
  }
}

TEST(FxRatesCommand, pairs_spelt_with_escapes_are_the_same_pairs) {
  const Command command = parse_command(R"({"action":"subscribe","currencyPairs":["\u0045URUSD","EURUSD"]})");
  EXPECT_THAT(command.pairs, ElementsAre("EURUSD"));
}

TEST(FxRatesCommand, thousands_of_pairs_are_still_taken_each_once) {
  std::string text = R"({"action":"subscribe","currencyPairs":["EURUSD")";
  for (int i = 0; i < 7000; ++i) text += R"(,"EURUSD")";
  EXPECT_THAT(parse_command(text + "]}").pairs, ElementsAre("EURUSD"));
}

TEST(FxRatesCommand, a_number_too_large_for_a_double_makes_the_message_invalid) {
  EXPECT_EQ(parse_command(R"({"action":"ping","x":1e999})").action, Action::invalid);
}

TEST(FxRatesPair, is_six_capital_letters) {
  EXPECT_TRUE(is_pair("EURUSD"));
  EXPECT_TRUE(is_pair("AZAZAZ"));
  for (const char* word :
       {"", "EURUS", "EURUSDX", "eurusd", "EUR/US", "EURUS ", "EURUS1", "EURUSÉ", "EUR\nUS", "@[EURU"}) {
    EXPECT_FALSE(is_pair(word)) << word;
  }
  EXPECT_FALSE(is_pair(std::string_view("EURUS\0", 6)));
}

TEST(FxRatesCommand, resume_points_of_the_accepted_pairs_come_in_their_order) {
  const Command command = parse_command(R"({"action":"subscribe","currencyPairs":["GBPUSD","EURUSD"],)"
                                        R"("resume":{"EURUSD":"3-1234","GBPUSD":"2.0-7","USDJPY":"0-1"}})");
  ASSERT_EQ(command.resume.size(), 2u);
  EXPECT_EQ(command.resume[0].pair, "GBPUSD");
  EXPECT_EQ(command.resume[0].position, base::Position(0, 7, 2));
  EXPECT_EQ(command.resume[1].pair, "EURUSD");
  EXPECT_EQ(command.resume[1].position, base::Position(3, 1234));
}

TEST(FxRatesCommand, a_resume_that_is_no_object_of_positions_changes_nothing) {
  for (const char* resume :
       {"true", "[]", R"("3-1")", R"({"EURUSD":3})", R"({"EURUSD":"3"})", R"({"EURUSD":"3-"})",
        R"({"EURUSD":"-3-1"})", R"({"EURUSD":"3--1"})", R"({"EURUSD":"3-1 "})", R"({"EURUSD":"1.3"})",
        R"({"EURUSD":".3-1"})", R"({"EURUSD":"x.3-1"})", R"({"EURUSD":"3-99999999999999999999"})"}) {
    const Command command =
        parse_command(R"({"action":"subscribe","currencyPairs":["EURUSD"],"resume":)" + std::string(resume) + "}");
    EXPECT_EQ(command.action, Action::invalid) << resume;
    EXPECT_NE(command.error_reply.find("Invalid resume format"), std::string::npos) << resume;
  }
}

TEST(FxRatesCommand, a_rate_limit_is_a_number_above_0_up_to_1000) {
  const auto with_rate = [](const std::string& rate) {
    return parse_command(R"({"action":"subscribe","currencyPairs":["EURUSD"],"maxRateHz":)" + rate + "}");
  };
  EXPECT_EQ(with_rate("0.2").max_rate_hz, 0.2);
  EXPECT_EQ(with_rate("1000").max_rate_hz, 1000);
  for (const char* rate : {"0", "-1", "1000.1", "\"1\"", "true", "null", "[1]", "0.0", "-0.0"}) {
    const Command command = with_rate(rate);
    EXPECT_EQ(command.action, Action::invalid) << rate;
    EXPECT_NE(command.error_reply.find(R"("message":"Invalid maxRateHz format","code":"invalid_format")"),
              std::string::npos)
        << rate;
  }
}

}  // namespace
}  // namespace wsf::protocol
