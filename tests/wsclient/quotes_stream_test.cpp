#include "wsclient/quotes_stream.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using ::testing::HasSubstr;

constexpr const char* kQuote =
    R"({"type":"quote","symbol":"AAPL","price":150.25,"timestamp":"1970-01-01T00:00:01Z"})";

struct QuotesStreamTest : ::testing::Test {
  QuotesStreamTest() {
    options.command = Options::Command::subscribe;
    options.dialect = &dialect_of(Protocol::quotes);
    options.symbols = {"AAPL", "MSFT"};
  }

  Options options;
};

TEST_F(QuotesStreamTest, asks_for_its_symbols_on_each_connection) {
  QuotesStream stream(options, {});
  EXPECT_EQ(stream.query(), "");
  EXPECT_EQ(stream.on_up().request, R"({"type":"subscribe","symbols":["AAPL","MSFT"]})");
  options.snapshot = true;
  EXPECT_EQ(stream.on_up().request, R"({"type":"subscribe","symbols":["AAPL","MSFT"],"snapshot":true})");
  EXPECT_THAT(stream.take(R"({"type":"subscribed","symbols":["AAPL"]})", 0).told,
              HasSubstr("subscribed again to 1 symbol: AAPL"));
}

TEST_F(QuotesStreamTest, the_url_asks_for_the_fields) {
  options.fields = "all";
  EXPECT_EQ(QuotesStream(options, {}).query(), "fields=all");
}

TEST_F(QuotesStreamTest, a_quote_is_an_update_and_a_heartbeat_is_none) {
  QuotesStream stream(options, {.in_words = true});
  stream.on_up();
  const auto quote = stream.take(kQuote, 1'003'000);
  EXPECT_TRUE(quote.is_update);
  EXPECT_THAT(quote.line, HasSubstr(" AAPL 150.25 3 ms"));
  const auto heartbeat = stream.take(R"({"type":"heartbeat"})", 0);
  EXPECT_FALSE(heartbeat.is_update);
  EXPECT_THAT(heartbeat.line, HasSubstr(" heartbeat"));
  EXPECT_EQ(stream.updates(), 1u);
}

TEST_F(QuotesStreamTest, what_the_server_says_without_a_type_is_explained) {
  QuotesStream stream(options, {});
  stream.on_up();
  EXPECT_THAT(stream.take(R"({"error":"service_unavailable"})", 0).told, HasSubstr("cannot reach the source"));
  EXPECT_THAT(stream.take(R"({"error":"connection_lost"})", 0).told, HasSubstr("has lost the source"));
  EXPECT_THAT(stream.take(R"({"type":"error","code":"feed_unavailable"})", 0).told, HasSubstr("has lost its feed"));
  const auto refused = stream.take(R"({"error":"unauthorized"})", 0).refused;
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->exit, base::Exit::refused);
  EXPECT_THAT(refused->line, HasSubstr("--token-file"));
}

TEST_F(QuotesStreamTest, some_symbols_denied_is_told_and_all_of_them_is_the_end) {
  QuotesStream stream(options, {});
  stream.on_up();
  const auto denied = [&](const std::string& symbol) {
    return stream.take(R"({"type":"error","message":"Symbol )" + symbol + R"( not allowed for your subscription"})",
                       0);
  };
  EXPECT_THAT(denied("AAPL").told, HasSubstr("Symbol AAPL not allowed"));
  ASSERT_TRUE(denied("MSFT").refused);
  stream.on_up();
  stream.take(R"({"type":"subscribed","symbols":["AAPL"]})", 0);
  EXPECT_FALSE(denied("MSFT").refused);
}

}  // namespace
}  // namespace wsf::wsclient
