#include "protocol/notify.hpp"

#include <gtest/gtest.h>

namespace wsf::protocol {
namespace {

using Kind = NotifyCommand::Kind;

TEST(notify, a_channel_names_its_user) {
  EXPECT_EQ(notify_channel("ada"), "ws:ada");
  EXPECT_EQ(user_of_channel("ws:ada"), "ada");
  EXPECT_EQ(user_of_channel("ws:a:b"), "a:b");
  EXPECT_FALSE(user_of_channel("ws:"));
  EXPECT_FALSE(user_of_channel("other:ada"));
}

TEST(notify, any_json_value_is_a_sign_of_life_and_nothing_else_is) {
  for (const auto* text :
       {"{}", R"({"type":"ping"})", "[1]", "7", "\"ping\"", R"({"action":"subscribe"})", R"({"action":7})"}) {
    EXPECT_EQ(parse_notify_command(text).kind, Kind::sign_of_life) << text;
  }
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  for (const std::string& text : {std::string("ping"), std::string(), std::string("{"), std::string("{} {}"), deep}) {
    EXPECT_EQ(parse_notify_command(text).kind, Kind::invalid) << text;
  }
}

TEST(notify, a_new_token_is_taken_out_of_its_message) {
  const auto command = parse_notify_command(R"({"action":"auth","token":"a.b.c","id":"x"})");
  EXPECT_EQ(command.kind, Kind::auth);
  EXPECT_EQ(command.token, "a.b.c");
  EXPECT_EQ(command.id_json, "\"x\"");
  EXPECT_EQ(parse_notify_command(R"({"action":"auth","token":7,"id":[]})").token, "");
}

}  // namespace
}  // namespace wsf::protocol
