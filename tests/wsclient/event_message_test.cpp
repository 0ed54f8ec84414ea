#include "wsclient/event_message.hpp"

#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

constexpr std::int64_t kNow_us = 1'705'226'400'003'000;  // 2024-01-14T10:00:00.003Z

std::string line(const std::string& raw, const std::string& clock = "") {
  return event_line(*parse_event_message(raw), clock, kNow_us);
}

TEST(event_message, a_price_is_told_by_its_market) {
  EXPECT_EQ(line(R"({"type":"market_price","market":"BTC","price":42500.50,"timestamp":"2024-01-14T10:00:00Z"})"),
            "market_price BTC price=42500.50 3 ms");
}

TEST(event_message, an_event_is_told_by_its_assessment_and_all_that_it_says_of_it) {
  EXPECT_EQ(line(R"({"type":"position_update","assessmentId":"assessment-123","market":"BTC","side":"long",)"
                 R"("quantity":0.5,"open":true,"stop":null,"timestamp":"2024-01-14T10:00:00Z",)"
                 R"("position":"trading.positions:0-7"})",
                 "10:00:00.003"),
            "10:00:00.003 position_update assessment-123 market=BTC side=long quantity=0.5 open=true stop=null 3 ms");
  EXPECT_EQ(line(R"({"type":"pnl_update","assessment_id":"a","realizedPnl":1.50})"), "pnl_update a realizedPnl=1.50");
}

TEST(event_message, what_lies_deeper_is_only_said_to_be_there) {
  EXPECT_EQ(line(R"({"type":"batch_ready","data":{"type":"x","n":1},"ids":[1,2],"n":3})"),
            "batch_ready data={...} ids=[...] n=3");
}

TEST(event_message, the_mark_for_those_who_measure_is_not_told) {
  EXPECT_EQ(line(R"({"type":"notification","userId":"ada","load":{"run":"r","seq":1}})"), "notification userId=ada");
}

TEST(event_message, words_stay_apart_and_on_their_line) {
  EXPECT_EQ(line(R"({"type":"note","message":"all is\nwell","none":"","x":"a=b"})"),
            R"(note message="all is?well" none="" x="a=b")");
  EXPECT_EQ(line(R"({"n":1})"), "(no type) n=1");
  const auto longest = line(R"({"type":"note","x":")" + std::string(5000, 'x') + "\"}");
  EXPECT_EQ(longest, "note x=" + std::string(kMaxValueShown, 'x') + "...");
}

TEST(event_message, a_time_in_milliseconds_is_one_and_a_senseless_one_tells_no_age) {
  EXPECT_EQ(line(R"({"type":"x","timestamp":1705226400000})"), "x 3 ms");
  for (const char* time : {"9223372036854775807", "-1", "0", "1e3", R"("yesterday")"})
    EXPECT_EQ(line(std::string(R"({"type":"x","timestamp":)") + time + "}"), "x") << time;
}

TEST(event_message, a_position_is_one_of_a_topic_that_there_can_be) {
  const auto position = [](const std::string& text) {
    return parse_event_message(R"({"position":")" + text + "\"}")->position;
  };
  ASSERT_TRUE(position("trading.pnl:1.0-42"));
  EXPECT_EQ(position("trading.pnl:1.0-42")->topic, "trading.pnl");
  EXPECT_EQ(position("trading.pnl:1.0-42")->position, base::Position(0, 42, 1));
  for (const char* wrong : {"", "trading.pnl", "0-42", "a&since=b:0-1", "a b:0-1", "a:x-1"})
    EXPECT_FALSE(position(wrong)) << wrong;
}

TEST(event_message, what_is_no_object_is_an_error) {
  for (const char* text : {"", "[]", "1", "{", R"("x")", R"({"a":1}x)"})
    EXPECT_FALSE(parse_event_message(text)) << text;
}

}  // namespace
}  // namespace wsf::wsclient
