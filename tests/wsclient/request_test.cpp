#include "wsclient/request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(request, is_the_protocols_to_the_letter) {
  EXPECT_EQ(subscribe_request({"EURUSD", "GBPUSD"}, {}),
            R"({"action":"subscribe","currencyPairs":["EURUSD","GBPUSD"]})");
  EXPECT_EQ(subscribe_request({"EURUSD"}, {.snapshot = true, .meta = true}),
            R"({"action":"subscribe","currencyPairs":["EURUSD"],"snapshot":true,"meta":true})");
  EXPECT_EQ(subscribe_request({"EURUSD", "GBPUSD"}, {.meta = true}, {{"EURUSD", {3, 12}}, {"GBPUSD", {0, 7, 1}}}),
            R"({"action":"subscribe","currencyPairs":["EURUSD","GBPUSD"],"meta":true,)"
            R"("resume":{"EURUSD":"3-12","GBPUSD":"1.0-7"}})");
  EXPECT_EQ(unsubscribe_request({"EURUSD"}), R"({"action":"unsubscribe","currencyPairs":["EURUSD"]})");
  EXPECT_EQ(ping_request(), R"({"action":"ping"})");
}

TEST(request, asks_for_status_and_a_rate_where_they_are_wanted) {
  EXPECT_EQ(subscribe_request({"EURUSD"}, {.status = true, .max_rate_hz = 2.5}),
            R"({"action":"subscribe","currencyPairs":["EURUSD"],"status":true,"maxRateHz":2.5})");
}

TEST(request, pairs_come_as_words_or_with_commas_and_each_once) {
  EXPECT_THAT(*parse_pairs({"EURUSD,USDJPY", "EURUSD", ",GBPUSD"}), ElementsAre("EURUSD", "USDJPY", "GBPUSD"));
}

TEST(request, small_letters_and_separators_get_a_hint) {
  EXPECT_THAT(parse_pairs({"eurusd"}).error().message, HasSubstr("did you mean EURUSD?"));
  EXPECT_THAT(parse_pairs({"EUR/USD"}).error().message, HasSubstr("did you mean EURUSD?"));
  EXPECT_THAT(parse_pairs({"EURO"}).error().message, HasSubstr("six capital letters"));
}

}  // namespace
}  // namespace wsf::wsclient
