#include "wsclient/quote_document.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;
using Kind = PatchNews::Kind;

std::string patch(const std::string& operations) {
  return fmt::format(R"({{"type":"quotes_patch","operations":[{}]}})", operations);
}

const std::string kAdd =
    patch(R"({"op":"add","path":"/quotes/AAPL","value":{"symbol":"AAPL","current_price":150.2,"change":0.00,)"
          R"("change_percent":0.00,"last_updated":"2025-10-27T10:30:00.000Z"}})");
const std::string kReplace = patch(R"({"op":"replace","path":"/quotes/AAPL/current_price","value":151.25},)"
                                   R"({"op":"replace","path":"/quotes/AAPL/change","value":1.05})");

TEST(quote_document, begins_with_no_quotes) {
  EXPECT_EQ(QuoteDocument().text(), R"({"quotes":{}})");
}

TEST(quote_document, operations_make_it_what_the_server_has) {
  QuoteDocument document;
  EXPECT_EQ(document.take(kAdd).kind, Kind::patch);
  EXPECT_EQ(document.take(kReplace).operations, 2u);
  EXPECT_EQ(document.text(), R"({"quotes":{"AAPL":{"symbol":"AAPL","current_price":151.25,"change":1.05,)"
                             R"("change_percent":0.0,"last_updated":"2025-10-27T10:30:00.000Z"}}})");
}

TEST(quote_document, tells_each_quote_that_was_touched_once_and_as_it_stands) {
  QuoteDocument document;
  EXPECT_EQ(document.take(kAdd).quotes.at(0).rate.text, "150.20");
  const auto news = document.take(kReplace);
  ASSERT_THAT(news.quotes, SizeIs(1));
  EXPECT_EQ(news.quotes[0].pair, "AAPL");
  EXPECT_EQ(news.quotes[0].rate.value, 151.25);
  EXPECT_EQ(news.quotes[0].change.value, 1.05);
  EXPECT_EQ(news.quotes[0].event_ms, 1'761'561'000'000);
}

TEST(quote_document, a_patch_that_does_not_fit_leaves_it_as_it_was) {
  QuoteDocument document;
  document.take(kAdd);
  const auto before = document.text();
  for (const auto& wrong :
       {patch(R"({"op":"replace","path":"/quotes/AAPL/current_price","value":1},)"
              R"({"op":"replace","path":"/quotes/MSFT/current_price","value":1})"),
        patch(R"({"op":"add","path":"/quotes/MSFT/current_price","value":1})"),
        patch(R"({"op":"no","path":"/quotes"})"), patch("7"), patch(R"({"op":"test","path":"/quotes","value":1})"),
        patch(R"({"op":"remove","path":"/quotes/T"})"), std::string(R"({"type":"quotes_patch","operations":7})"),
        std::string(R"({"type":"quotes_patch"})")}) {
    const auto news = document.take(wrong);
    EXPECT_EQ(news.kind, Kind::fault) << wrong;
    EXPECT_NE(news.words, "") << wrong;
    EXPECT_EQ(document.text(), before) << wrong;
  }
}

TEST(quote_document, says_what_is_missing) {
  QuoteDocument document;
  EXPECT_THAT(document.take(kReplace).words, HasSubstr("AAPL"));
}

TEST(quote_document, begins_anew) {
  QuoteDocument document;
  document.take(kAdd);
  document.begin();
  EXPECT_FALSE(document.has("AAPL"));
  EXPECT_EQ(document.take(kAdd).kind, Kind::patch);
}

TEST(quote_document, tells_other_messages_from_patches) {
  QuoteDocument document;
  EXPECT_EQ(document.take("[1]").kind, Kind::not_understood);
  EXPECT_EQ(document.take("no JSON").kind, Kind::not_understood);
  EXPECT_EQ(document.take(std::string(100'000, '[')).kind, Kind::not_understood);
  EXPECT_EQ(document.take(R"({"type":"novelty"})").kind, Kind::other);
  const auto complaint = document.take(R"({"type":"error","message":"no"})");
  EXPECT_EQ(complaint.kind, Kind::complaint);
  EXPECT_EQ(complaint.words, "no");
}

TEST(quote_document, never_grows_deeper_than_a_message) {
  QuoteDocument document;
  std::string path = "/quotes/A";
  document.take(patch(fmt::format(R"({{"op":"add","path":"{}","value":{{}}}})", path)));
  Kind kind = Kind::patch;
  for (int depth = 0; depth < 40 && kind == Kind::patch; ++depth) {
    path += "/a";
    kind = document.take(patch(fmt::format(R"({{"op":"add","path":"{}","value":{{}}}})", path))).kind;
  }
  EXPECT_EQ(kind, Kind::fault);
}

TEST(quote_document, whatever_is_in_place_of_the_quotes_is_no_quote) {
  QuoteDocument document;
  for (const char* value : {"7", "[]", "null", R"("x")"}) {
    document.take(patch(fmt::format(R"({{"op":"replace","path":"","value":{}}})", value)));
    EXPECT_FALSE(document.has("AAPL")) << value;
    document.begin();
  }
}

}  // namespace
}  // namespace wsf::wsclient
