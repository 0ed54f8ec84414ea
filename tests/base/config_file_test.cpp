#include "base/config_file.hpp"

#include <gtest/gtest.h>

namespace wsf::base {
namespace {

std::string value_of(const std::string& line) {
  const auto lines = parse_config(line, "x.conf");
  return lines ? lines->at(0).value : "error: " + lines.error().message;
}

TEST(ConfigFile, lines_keep_their_numbers_and_blank_ones_are_skipped) {
  const auto lines = parse_config("# first\n\nport = 1\r\n  host=::\n", "x.conf");
  ASSERT_TRUE(lines);
  ASSERT_EQ(lines->size(), 2u);
  EXPECT_EQ(lines->at(0).name, "port");
  EXPECT_EQ(lines->at(0).value, "1");
  EXPECT_EQ(lines->at(0).line, 3u);
  EXPECT_EQ(lines->at(1).value, "::");
  EXPECT_EQ(lines->at(1).line, 4u);
}

TEST(ConfigFile, a_comment_needs_a_blank_before_it) {
  EXPECT_EQ(value_of("a = b # c"), "b");
  EXPECT_EQ(value_of("a = b#c"), "b#c");
  EXPECT_EQ(value_of("a = # c"), "");
}

TEST(ConfigFile, quotes_keep_blanks_and_hashes) {
  EXPECT_EQ(value_of(R"(a = " b # c "  # d)"), " b # c ");
  EXPECT_EQ(value_of(R"(a = "say \"x\" \\ y")"), R"(say "x" \ y)");
  EXPECT_EQ(value_of(R"(a = "")"), "");
  EXPECT_EQ(value_of("a = k=v"), "k=v");
}

TEST(ConfigFile, an_error_names_path_and_line) {
  EXPECT_EQ(value_of("\nport 1"), "error: x.conf:2: expected name = value");
  EXPECT_EQ(value_of("[server]"), "error: x.conf:1: sections are not used here: write name = value lines only");
  EXPECT_EQ(value_of("= 1"), "error: x.conf:1: the name before = is missing");
  EXPECT_EQ(value_of("a = \"b"), "error: x.conf:1: the closing quote is missing");
  EXPECT_EQ(value_of("a = \"b\" c"), "error: x.conf:1: text after the closing quote");
  EXPECT_EQ(value_of(std::string("a = \0", 5)), "error: x.conf:1: this is not a text file");
}

TEST(ConfigFile, any_value_survives_being_written_and_read) {
  for (const std::string value : {"", "x", " x ", "a # b", "\"q\"", "a\\b", "#", "a=b", "k = \"v\" # c"})
    EXPECT_EQ(value_of("a = " + config_value(value)), value);
}

TEST(ConfigFile, a_file_that_cannot_be_read_says_why) {
  EXPECT_EQ(read_config_file("/nonexistent/x").error().message,
            "cannot read /nonexistent/x: No such file or directory");
  EXPECT_EQ(read_config_file("/").error().message, "cannot read /: Is a directory");
  EXPECT_EQ(read_config_file("/dev/zero").error().message,
            "/dev/zero is larger than 1 MiB: not a configuration file");
}

}  // namespace
}  // namespace wsf::base
