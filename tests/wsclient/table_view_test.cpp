#include "wsclient/table_view.hpp"

#include "wsclient/line_text.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>

namespace wsf::wsclient {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

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

PriceTable two_pairs() {
  PriceTable table;
  table.apply(update("EURUSD", "1.08490", "1.08485", "1.08495"), kNow_ms * 1000);
  table.apply(update("EURUSD", "1.08523", "1.08518", "1.08528"), kNow_ms * 1000);
  table.apply(update("USDJPY", "154.312", "154.307", "154.317"), kNow_ms * 1000);
  return table;
}

const LinkFigures kUp{"ws://127.0.0.1:8082/ws/fx-rates", "connected 1m12s", true, 0};

std::vector<std::string> lines(const PriceTable& table, Look look, const std::string& note = "") {
  return table_lines(table, kUp, note, look, kNow_ms * 1000 + 200'000);
}

std::size_t columns(const std::string& line) {
  return static_cast<std::size_t>(std::ranges::count_if(line, [](char c) { return (c & 0xc0) != 0x80; }));
}

TEST(table_view, fills_eighty_columns) {
  EXPECT_THAT(lines(two_pairs(), {.width = 80}),
              ElementsAre("ws://127.0.0.1:8082/ws/fx-rates · connected 1m12s · 3 updates",
                          "p50 3 ms p99 3 ms · gaps - · reconnects 0",
                          "PAIR       RATE      BID      ASK    SPREAD    CHANGE     AGE  LATENCY",
                          "EURUSD  1.08523  1.08518  1.08528   1.0 pip   +0.03 %   0.2 s     3 ms  ▁█",
                          "USDJPY  154.312  154.307  154.317   1.0 pip   +0.00 %   0.2 s     3 ms  ▁"));
}

TEST(table_view, no_line_is_wider_than_the_terminal) {
  for (int width = 16; width < 140; ++width)
    for (const auto& line : lines(two_pairs(), {.width = width}, "a long note from the server about something"))
      EXPECT_LE(columns(line), static_cast<std::size_t>(width)) << line;
}

TEST(table_view, narrow_drops_columns_but_never_the_rate) {
  const auto narrow = lines(two_pairs(), {.width = 24});
  EXPECT_THAT(narrow.back(), AllOf(HasSubstr("USDJPY"), HasSubstr("154.312"), Not(HasSubstr("154.307"))));
}

TEST(table_view, ascii_has_neither_sparklines_nor_dots) {
  for (const auto& line : lines(two_pairs(), {.unicode = false}, "na\xc3\xafve"))
    EXPECT_TRUE(std::ranges::all_of(line, [](unsigned char c) { return c < 0x80; })) << line;
}

TEST(table_view, colours_only_where_asked) {
  EXPECT_THAT(lines(two_pairs(), {}), Each(Not(HasSubstr("\x1b"))));
  EXPECT_THAT(lines(two_pairs(), {.colour = true}), ::testing::Contains(HasSubstr("\x1b[32m1.08523")));
}

TEST(table_view, rows_that_the_height_cannot_hold_are_counted) {
  PriceTable table;
  for (char c = 'A'; c <= 'Z'; ++c) table.watch(std::string("AAAAA") + c);
  const auto all = lines(table, {.height = 10});
  EXPECT_LT(all.size(), 10u);
  EXPECT_THAT(all.back(), HasSubstr("more pairs"));
}

TEST(table_view, a_pair_without_update_shows_dashes) {
  PriceTable table;
  table.watch("EURUSD");
  EXPECT_THAT(lines(table, {}).back(), AllOf(HasSubstr("EURUSD"), HasSubstr("-")));
}

TEST(table_view, of_securities_tells_the_change_and_its_time) {
  ::setenv("TZ", "UTC", 1);
  ::tzset();
  PriceTable table(Instrument::security);
  RateUpdate quote;
  quote.pair = "BRK.B";
  quote.rate = {347.2, "347.20"};
  quote.change = {-1.5, "-1.50"};
  quote.change_percent = {-0.43, "-0.43"};
  quote.event_ms = kNow_ms - 3;
  table.apply(quote, kNow_ms * 1000);
  table.watch("T");
  EXPECT_THAT(lines(table, {.width = 80}), ElementsAre(HasSubstr("1 update · p50 3 ms p99 3 ms"), "reconnects 0",
                                                       "SYMBOL     PRICE   CHANGE  CHANGE %      TIME     AGE",
                                                       "BRK.B     347.20    -1.50   -0.43 %  10:29:59   0.2 s  ▁",
                                                       "T              -        -         -         -       -"));
}

TEST(table_view, a_note_stands_below_without_control_characters) {
  EXPECT_EQ(lines(two_pairs(), {}, "bad\x1b[2Jthing").back(), "bad?[2Jthing");
}

}  // namespace
}  // namespace wsf::wsclient
