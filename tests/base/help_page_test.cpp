#include "base/help_page.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace wsf::base {
namespace {

TEST(HelpPage, a_page_reads_like_this) {
  const HelpPage page{"Serves prices.",
                      "x [OPTIONS]",
                      {{"Listening", {{"    --port N", "Port", {"default 1", "X_PORT"}}}}, {"None", {}}},
                      "  x --port 2\n"};
  EXPECT_EQ(render(page), R"(Serves prices.

Usage: x [OPTIONS]

Listening:
      --port N              Port [default 1; X_PORT]

Examples:
  x --port 2
)");
}

TEST(HelpPage, no_line_is_wider_than_80_columns) {
  HelpEntry entry{"    --a-flag-with-a-rather-long-name ANDVALUE", "", {"default 1", "SOME_LONG_ENVIRONMENT_NAME"}};
  for (int i = 0; i < 30; ++i) entry.text += "several words ";
  std::istringstream lines(render({entry.text, "x", {{"Options", {entry}}}, ""}));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST(HelpPage, a_list_that_is_longer_than_a_line_is_broken_behind_a_comma) {
  const std::string list = std::string(30, 'a') + ',' + std::string(30, 'b') + ',' + std::string(10, 'c');
  const std::string page = render({"", "x", {{"Options", {{"    --list", "Items", {"default " + list}}}}}, ""});
  EXPECT_NE(page.find(R"(Items [default aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,
                            bbbbbbbbbbbbbbbbbbbbbbbbbbbbbb,cccccccccc])"),
            std::string::npos)
      << page;
}

}  // namespace
}  // namespace wsf::base
