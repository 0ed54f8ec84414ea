#include "base/json_scan.hpp"

#include <gtest/gtest.h>

namespace wsf::base {
namespace {

TEST(JsonScan, depth_is_that_of_brackets_outside_of_strings) {
  EXPECT_EQ(scan_json("[[]]", 2), Scan::parsable);
  EXPECT_EQ(scan_json("[[[]]]", 2), Scan::too_deep);
  EXPECT_EQ(scan_json(R"([["[","\"["],{"[":1}])", 2), Scan::parsable);
  EXPECT_EQ(scan_json("[][][][]", 1), Scan::parsable);
  EXPECT_EQ(scan_json("]]]][", 1), Scan::parsable);
}

TEST(JsonScan, control_bytes_other_than_blanks_are_impossible) {
  EXPECT_EQ(scan_json("\t\r\n ", 1), Scan::parsable);
  EXPECT_EQ(scan_json(std::string_view("{}\0", 3), 1), Scan::impossible);
  EXPECT_EQ(scan_json("{}\x1F", 1), Scan::impossible);
  EXPECT_EQ(scan_json("\"\\\x01\"", 1), Scan::impossible);
}

}  // namespace
}  // namespace wsf::base
