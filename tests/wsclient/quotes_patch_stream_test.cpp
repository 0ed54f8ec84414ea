#include "wsclient/quotes_patch_stream.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

std::string add(const std::string& symbol, double price) {
  return fmt::format(
      R"({{"type":"quotes_patch","operations":[{{"op":"add","path":"/quotes/{0}","value":{{"symbol":"{0}","current_price":{1}}}}}]}})",
      symbol, price);
}

std::string replace(const std::string& symbol, double price) {
  return fmt::format(
      R"({{"type":"quotes_patch","operations":[{{"op":"replace","path":"/quotes/{}/current_price","value":{}}}]}})",
      symbol, price);
}

struct QuotesPatchStreamTest : ::testing::Test {
  QuotesPatchStreamTest() {
    options.command = Options::Command::subscribe;
    options.dialect = &dialect_of(Protocol::quotes_patch);
    options.symbols = {"AAPL", "MSFT"};
  }

  Options options;
};

TEST_F(QuotesPatchStreamTest, the_url_names_what_is_wanted) {
  EXPECT_EQ(QuotesPatchStream(options, {}).query(), "symbols=AAPL,MSFT");
  options.fields = "current_price,change";
  options.compact = true;
  EXPECT_EQ(QuotesPatchStream(options, {}).query(), "symbols=AAPL,MSFT&fields=current_price,change&compact=1");
}

TEST_F(QuotesPatchStreamTest, a_message_is_an_update_and_its_quotes_are_rows) {
  QuotesPatchStream stream(options, {});
  stream.on_up();
  EXPECT_TRUE(stream.take(add("AAPL", 1.5), 0).is_update);
  stream.take(replace("AAPL", 2.5), 0);
  EXPECT_EQ(stream.updates(), 2u);
  EXPECT_EQ(stream.table()->rows().at(0).last->rate.value, 2.5);
  EXPECT_EQ(stream.summary(1000, 0), "2 messages, 2 updates of 2 symbols in 1s, reconnects 0");
}

TEST_F(QuotesPatchStreamTest, symbols_that_the_first_message_leaves_out_are_told) {
  QuotesPatchStream stream(options, {});
  stream.on_up();
  EXPECT_EQ(stream.take(add("AAPL", 1), 0).told, "the server does not know MSFT");
  EXPECT_EQ(stream.take(replace("AAPL", 2), 0).told, "");
}

TEST_F(QuotesPatchStreamTest, the_document_is_shown_after_each_message) {
  options.document = true;
  QuotesPatchStream stream(options, {});
  stream.on_up();
  EXPECT_EQ(stream.take(add("AAPL", 1), 0).line, R"({"quotes":{"AAPL":{"symbol":"AAPL","current_price":1}}})");
  EXPECT_EQ(stream.take(replace("AAPL", 2), 0).line, R"({"quotes":{"AAPL":{"symbol":"AAPL","current_price":2}}})");
}

TEST_F(QuotesPatchStreamTest, of_a_count_only_the_last_document_is_shown) {
  options.document = true;
  options.count = 2;
  QuotesPatchStream stream(options, {});
  stream.on_up();
  EXPECT_EQ(stream.take(add("AAPL", 1), 0).line, "");
  EXPECT_THAT(stream.take(replace("AAPL", 2), 0).line, HasSubstr(R"("current_price":2)"));
}

TEST_F(QuotesPatchStreamTest, each_connection_begins_a_new_document) {
  options.document = true;
  QuotesPatchStream stream(options, {});
  EXPECT_EQ(stream.on_up().told, "");
  stream.take(add("AAPL", 1), 0);
  EXPECT_THAT(stream.on_up().told, HasSubstr("begins anew"));
  EXPECT_EQ(stream.take(add("MSFT", 2), 0).line, R"({"quotes":{"MSFT":{"symbol":"MSFT","current_price":2}}})");
}

TEST_F(QuotesPatchStreamTest, what_a_connection_begins_with_is_not_timed) {
  QuotesPatchStream stream(options, {});
  stream.on_up();
  stream.take(
      R"({"type":"quotes_patch","operations":[{"op":"add","path":"/quotes/AAPL","value":{"current_price":1,"last_updated":"1970-01-01T00:00:01Z"}}]})",
      2'000'000);
  EXPECT_EQ(stream.table()->latency().count(), 0u);
  stream.take(replace("AAPL", 2), 2'000'000);
  EXPECT_EQ(stream.table()->latency().count(), 1u);
}

TEST_F(QuotesPatchStreamTest, a_patch_that_does_not_fit_is_the_end) {
  QuotesPatchStream stream(options, {});
  stream.on_up();
  stream.take(add("AAPL", 1), 0);
  const auto heard = stream.take(replace("MSFT", 1), 0);
  ASSERT_TRUE(heard.refused);
  EXPECT_EQ(heard.refused->exit, base::Exit::threshold_missed);
  EXPECT_FALSE(heard.refused->may_reconnect);
  EXPECT_THAT(heard.refused->line, AllOf(HasSubstr("message 2 cannot be applied"), HasSubstr("MSFT")));
  EXPECT_FALSE(heard.is_update);
}

TEST_F(QuotesPatchStreamTest, verify_says_whether_all_was_applied) {
  options.command = Options::Command::verify;
  QuotesPatchStream stream(options, {});
  EXPECT_EQ(stream.verdict(std::nullopt).exit, base::Exit::runtime);
  stream.take(add("AAPL", 1), 0);
  EXPECT_EQ(stream.verdict(std::nullopt).exit, base::Exit::ok);
  EXPECT_EQ(stream.verdict(1000).line, "applied: 1 message (1 operation) of 2 symbols in 1s, reconnects 0");
  EXPECT_THAT(stream.take(replace("MSFT", 1), 0).found.value_or(Found{}).words, HasSubstr("message 2 cannot"));
  EXPECT_EQ(stream.verdict(std::nullopt).exit, base::Exit::threshold_missed);
  EXPECT_THAT(stream.verdict(std::nullopt).json, HasSubstr(R"("result":"broken","messages":1,"operations":1)"));
}

}  // namespace
}  // namespace wsf::wsclient
