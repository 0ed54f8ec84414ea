#include "load/svg_plot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

std::vector<double> places(const std::vector<Tick>& ticks) {
  std::vector<double> out;
  for (const Tick& tick : ticks) out.push_back(tick.at);
  return out;
}

TEST(RoundTicks, are_round_and_within) {
  EXPECT_EQ(places(round_ticks(0, 60, 6)), (std::vector<double>{0, 10, 20, 30, 40, 50, 60}));
  EXPECT_EQ(places(round_ticks(-3, 7, 4)), (std::vector<double>{0, 5}));
  EXPECT_TRUE(round_ticks(1, 1, 4).empty());
}

TEST(SvgPlot, draws_each_series_within_the_frame) {
  Plot plot{.title = "a < b",
            .x_label = "s",
            .y_label = "ms",
            .log_y = true,
            .series = {{"p50", "s1", {{0, 1}, {10, 1000}}}}};
  const std::string svg = svg_of(plot);
  EXPECT_THAT(svg, HasSubstr("a &lt; b"));
  EXPECT_THAT(svg, HasSubstr("class=\"s1\" points=\"58.0,220.0 628.0,44.0 \""));
}

TEST(SvgPlot, of_nothing_is_nothing) {
  EXPECT_EQ(svg_of({.title = "t", .x_label = "", .y_label = "", .series = {{"p50", "s1", {}}}}), "");
}

TEST(SvgPlot, survives_one_point_and_zeros) {
  for (const bool log_y : {false, true}) {
    const std::string svg =
        svg_of({.title = "t", .x_label = "", .y_label = "", .log_y = log_y, .series = {{"a", "s1", {{0, 0}}}}});
    EXPECT_THAT(svg, HasSubstr("<circle"));
    EXPECT_THAT(svg, Not(ContainsRegex("nan|inf")));
  }
}

TEST(EscapeHtml, leaves_no_way_out) {
  EXPECT_EQ(escape_html("<a href=\"x\">&"), "&lt;a href=&quot;x&quot;&gt;&amp;");
}

}  // namespace
}  // namespace wsf::load
