#include "wsclient/line_text.hpp"

#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

constexpr std::int64_t kNow_ms = 1'705'314'600'000;

RateUpdate update(const std::string& pair, const std::string& rate, const std::string& bid, const std::string& ask) {
  RateUpdate u;
  u.pair = pair;
  u.rate = {std::stod(rate), rate};
  u.bid = {std::stod(bid), bid};
  u.ask = {std::stod(ask), ask};
  u.event_ms = kNow_ms - 3;
  return u;
}

ServerMessage told(RateUpdate update) {
  ServerMessage message;
  message.type = "rateUpdate";
  message.update = std::move(update);
  return message;
}

TEST(line_text, a_quote_tells_its_change) {
  RateUpdate quote;
  quote.pair = "AAPL";
  quote.rate = {151.75, "151.75"};
  quote.change = {1.5, "1.50"};
  quote.change_percent = {1, "1"};
  EXPECT_EQ(update_line(quote, "14:03:12.345", 0), "14:03:12.345 AAPL 151.75 +1.50 (+1.00 %)");
}

TEST(line_text, sparkline_spans_its_own_range) {
  EXPECT_EQ(sparkline({1, 2, 3}, 8), "▁▅█");
  EXPECT_EQ(sparkline({5, 5}, 8), "▁▁");
  EXPECT_EQ(sparkline({9, 1, 2}, 2), "▁█");
  EXPECT_EQ(sparkline({}, 8), "");
}

TEST(line_text, pairs_are_counted_and_a_long_list_is_cut) {
  EXPECT_EQ(pairs_text({"EURUSD"}), "1 pair: EURUSD");
  EXPECT_EQ(pairs_text({"EURUSD", "USDJPY"}), "2 pairs: EURUSD USDJPY");
  const auto many = pairs_text(std::vector<std::string>(51, "EURUSD"));
  EXPECT_EQ(many.find("51 pairs: EURUSD EURUSD"), 0u);
  EXPECT_LT(many.size(), 100u);
  EXPECT_EQ(many.substr(many.size() - 9), "EURUSD...");
}

TEST(line_text, a_plain_line_carries_the_digits_as_sent) {
  EXPECT_EQ(update_line(update("EURUSD", "1.0850", "1.0845", "1.0855"), "14:03:12.345", kNow_ms * 1000),
            "14:03:12.345 EURUSD 1.0850 bid 1.0845 ask 1.0855 3 ms");
}

TEST(line_text, fit_cuts_whole_characters_and_hides_controls) {
  EXPECT_EQ(fit("a\u00efb", 2, true), "a\u00ef");
  EXPECT_EQ(fit("a\u00efb", 3, false), "a?b");
  EXPECT_EQ(fit("a\x1b[b", 9, true), "a?[b");
}

TEST(line_text, the_summary_leaves_out_what_could_not_be_seen) {
  PriceTable table;
  EXPECT_EQ(summary_line(table, 72'000, 1), "0 updates of 0 pairs in 1m12s, reconnects 1");
  auto u = update("EURUSD", "1.0850", "1.0845", "1.0855");
  u.meta = UpdateMeta{{0, 1}, std::nullopt, std::nullopt, 0};
  table.take(told(u), kNow_ms * 1000);
  EXPECT_EQ(summary_line(table, 1000, 0),
            "1 update of 1 pair in 1s, p50 3 ms p99 3 ms max 3 ms, gaps 0, reconnects 0");
}

}  // namespace
}  // namespace wsf::wsclient
