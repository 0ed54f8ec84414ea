#include "protocol/trading.hpp"

#include "protocol/fx_rates.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::protocol {
namespace {

using testing::HasSubstr;

constexpr std::size_t kMax = 64 * 1024;

struct EventRow {
  const char* name;
  const char* topic;
  const char* value;
  bool for_all;
  const char* key;
  const char* text;  // nullptr: as it came
};

class TradingEvents : public testing::TestWithParam<EventRow> {};

TEST_P(TradingEvents, find_their_audience_and_keep_their_bytes) {
  const EventRow& row = GetParam();
  const auto checked = check_trading_event(row.value, row.topic, kMax);
  ASSERT_TRUE(std::holds_alternative<TradingEvent>(checked)) << name(std::get<Poison>(checked));
  const auto& event = std::get<TradingEvent>(checked);
  EXPECT_EQ(event.market_price, row.for_all);
  EXPECT_EQ(event.key, row.key);
  EXPECT_EQ(event.text, row.text == nullptr ? row.value : row.text);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, TradingEvents,
    testing::Values(
        EventRow{"price", "t", R"({"type":"market_price","market":"BTC","price":42500.50})", true, "BTC", nullptr},
        EventRow{"price_of_no_market", "t", R"({"type":"market_price"})", true, "", nullptr},
        EventRow{"type_by_topic", "trading.pnl", R"({"assessmentId":"a"})", false, "a",
                 R"({"type":"pnl_update","assessmentId":"a"})"},
        EventRow{"topic_with_an_ending", "trading.positions.v2", R"({"assessment_id":"a"})", false, "a",
                 R"({"type":"position_update","assessment_id":"a"})"},
        EventRow{"empty_object", "market-data.x", " { } ", true, "", R"( {"type":"market_price" } )"},
        EventRow{"own_type_before_topic", "market-data.x", R"({"type":"violation","assessmentId":"a"})", false, "a",
                 nullptr},
        EventRow{"unknown_type", "trading.x", R"({"type":"order_filled","assessmentId":"a"})", false, "a", nullptr},
        EventRow{"members_of_members_do_not_count", "trading.pnl",
                 R"({"x":{"type":"market_price","assessmentId":"b"},"assessmentId":"a"})", false, "a",
                 R"({"type":"pnl_update","x":{"type":"market_price","assessmentId":"b"},"assessmentId":"a"})"},
        EventRow{"escaped_names", "trading.pnl", R"({"assessment\u0049d":"a\u002d1"})", false, "a-1",
                 R"({"type":"pnl_update","assessment\u0049d":"a\u002d1"})"}),
    [](const auto& row) { return row.param.name; });

struct PoisonRow {
  const char* name;
  const char* value;
  Poison cause;
};

class TradingPoison : public testing::TestWithParam<PoisonRow> {};

TEST_P(TradingPoison, is_told_by_its_cause) {
  const auto checked = check_trading_event(GetParam().value, "trading.other", 64);
  ASSERT_TRUE(std::holds_alternative<Poison>(checked));
  EXPECT_EQ(name(std::get<Poison>(checked)), name(GetParam().cause));
}

INSTANTIATE_TEST_SUITE_P(
    Rows, TradingPoison,
    testing::Values(
        PoisonRow{"nothing", "", Poison::not_json}, PoisonRow{"cut", R"({"type":)", Poison::not_json},
        PoisonRow{"array", "[]", Poison::not_object},
        PoisonRow{"no_type", R"({"assessmentId":"a"})", Poison::no_type},
        PoisonRow{"type_of_another_kind", R"({"type":7,"assessmentId":"a"})", Poison::no_type},
        PoisonRow{"no_assessment", R"({"type":"pnl_update"})", Poison::no_assessment},
        PoisonRow{"number_for_an_id", R"({"type":"pnl_update","assessmentId":7})", Poison::bad_assessment},
        PoisonRow{"id_with_a_quote", R"({"type":"violation","assessmentId":"a\"b"})", Poison::bad_assessment},
        PoisonRow{"overflow", R"({"type":"pnl_update","x":1e999})", Poison::bad_number},
        PoisonRow{"invalid_utf8", "{\"type\":\"\xff\"}", Poison::invalid_utf8},
        PoisonRow{"too_large", R"({"type":"pnl_update","assessmentId":"a","filler":"xxxxxxxxxxxxxxxxxxx"})",
                  Poison::too_large}),
    [](const auto& row) { return row.param.name; });

TEST(TradingPosition, is_read_back_as_it_is_written) {
  for (const char* text : {"trading.pnl:0-42", "a-b.c_d:3-0", "t:2.1-7"}) {
    const auto parsed = parse_topic_position(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(to_text(parsed->topic, parsed->position), text);
  }
}

TEST(TradingPosition, of_another_form_is_none) {
  for (const char* text : {"", ":0-1", "t", "t:", "t:1", "t:-1-2", "t:0-1x", "0-1"}) {
    EXPECT_FALSE(parse_topic_position(text)) << text;
  }
}

TEST(TradingPosition, since_is_a_comma_list_with_a_bound) {
  EXPECT_EQ(parse_since("a:0-1,b:1-2")->size(), 2u);
  EXPECT_FALSE(parse_since("a:0-1,b"));
  std::string many = "t:0-1";
  for (std::size_t i = 0; i < kMaxSince; ++i) many += ",t:0-1";
  EXPECT_FALSE(parse_since(many));
}

TEST(TradingPosition, is_one_more_member_of_the_event) {
  std::string out;
  append_positioned(out, "{\"type\":\"x\" } \n", "t", {0, 7});
  EXPECT_EQ(out, R"({"type":"x" ,"position":"t:0-7"})");
}

TEST(TradingMessages, are_those_of_the_seed) {
  EXPECT_EQ(trading_connected("id", "u", 1705226400000),
            R"({"type":"connected","connectionId":"id","userId":"u","timestamp":"2024-01-14T10:00:00.000Z"})");
  EXPECT_EQ(trading_ping(1705238400000), R"({"type":"ping","timestamp":1705238400000})");
}

TEST(TradingCommands, are_pong_ping_and_auth) {
  using Kind = TradingCommand::Kind;
  EXPECT_EQ(parse_trading_command(R"({"type":"pong","timestamp":1})").kind, Kind::pong);
  EXPECT_EQ(parse_trading_command(R"({"type":"ping"})").kind, Kind::ping);
  const TradingCommand auth = parse_trading_command(R"({"action":"auth","token":"t","id":7})");
  EXPECT_EQ(auth.kind, Kind::auth);
  EXPECT_EQ(auth.token, "t");
  EXPECT_EQ(auth.id_json, "7");
  const std::string long_id(kMaxIdBytes + 1, 'x');
  EXPECT_EQ(parse_trading_command(R"({"action":"auth","id":")" + long_id + "\"}").id_json, "");
}

TEST(TradingCommands, of_any_other_form_are_answered_by_an_error) {
  EXPECT_THAT(parse_trading_command("nonsense").error, HasSubstr("invalid_json"));
  EXPECT_THAT(parse_trading_command("[]").error, HasSubstr("invalid_json"));
  EXPECT_THAT(parse_trading_command(R"({"type":"subscribe"})").error, HasSubstr("Unknown type: subscribe"));
  EXPECT_THAT(parse_trading_command("{}").error, HasSubstr("(missing)"));
}

}  // namespace
}  // namespace wsf::protocol
