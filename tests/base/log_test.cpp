#include "base/log.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <regex>

namespace wsf::base {
namespace {

template <class Log>
std::string logged(const std::string& level, const std::string& format, Log log) {
  testing::internal::CaptureStderr();
  start_logging(level, format, "prog");
  log();
  return testing::internal::GetCapturedStderr();
}

TEST(Log, a_text_line_has_time_level_and_message) {
  const std::string out = logged("info", "text", [] { spdlog::warn("port={}", 1); });
  EXPECT_TRUE(std::regex_match(out, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z warn  port=1\n)"))) << out;
}

TEST(Log, a_json_line_is_one_object_whatever_the_message_holds) {
  const std::string message = "a \"quote\" \\ and\na line\x01";
  const auto line = nlohmann::json::parse(logged("info", "json", [&] { spdlog::error("{}", message); }));
  EXPECT_EQ(line["level"], "error");
  EXPECT_EQ(line["program"], "prog");
  EXPECT_EQ(line["message"], message);
  EXPECT_TRUE(line.contains("time"));
}

TEST(Log, a_message_cannot_forge_a_second_line) {
  const std::string out = logged("info", "text", [] { spdlog::info("x\n2026-01-01T00:00:00.000Z info  forged"); });
  EXPECT_EQ(std::count(out.begin(), out.end(), '\n'), 1);
}

TEST(Log, a_message_cannot_steer_the_terminal) {
  const std::string out = logged("info", "text", [] {
    spdlog::info(
        "\x1b[31m \xC2\x9B"
        "31m \xC2\xA0\xC3\xA9 \x7F");
  });
  EXPECT_TRUE(out.ends_with("\\u001b[31m \\u009b31m \xC2\xA0\xC3\xA9 \\u007f\n")) << out;
}

TEST(Log, what_lies_below_the_level_is_not_logged) {
  EXPECT_EQ(logged("error", "text", [] { spdlog::warn("x"); }), "");
  EXPECT_EQ(logged("off", "text", [] { spdlog::critical("x"); }), "");
  EXPECT_NE(logged("trace", "text", [] { spdlog::trace("x"); }), "");
}

}  // namespace
}  // namespace wsf::base
