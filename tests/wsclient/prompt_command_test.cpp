#include "wsclient/prompt_command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Kind = PromptCommand::Kind;

Kind kind_of(std::string_view line) {
  return parse_prompt_command(line)->kind;
}

std::string error_of(std::string_view line) {
  const auto command = parse_prompt_command(line);
  return command ? "" : command.error().message;
}

TEST(prompt_command, knows_its_words) {
  EXPECT_EQ(kind_of("ping"), Kind::ping);
  EXPECT_EQ(kind_of("  stats "), Kind::stats);
  EXPECT_EQ(kind_of("help"), Kind::help);
  EXPECT_EQ(kind_of("quit"), Kind::quit);
  EXPECT_EQ(kind_of("exit"), Kind::quit);
  EXPECT_EQ(kind_of(""), Kind::nothing);
  EXPECT_EQ(kind_of("# a remark"), Kind::nothing);
}

TEST(prompt_command, subscribe_takes_pairs) {
  const auto command = parse_prompt_command("subscribe EURUSD  USDJPY");
  ASSERT_TRUE(command);
  EXPECT_EQ(command->kind, Kind::subscribe);
  EXPECT_THAT(command->names, ElementsAre("EURUSD", "USDJPY"));
}

TEST(prompt_command, raw_text_is_sent_as_it_is) {
  EXPECT_EQ(parse_prompt_command("raw  {\"a\" :  1} ")->text, R"({"a" :  1})");
  EXPECT_EQ(parse_prompt_command(R"({"action":"ping"})")->kind, Kind::raw);
  EXPECT_EQ(parse_prompt_command("raw not even JSON")->text, "not even JSON");
}

TEST(prompt_command, errors_say_what_would_be_right) {
  EXPECT_THAT(error_of("subcribe EURUSD"), HasSubstr("did you mean subscribe?"));
  EXPECT_THAT(error_of("frobnicate"), HasSubstr("help"));
  EXPECT_THAT(error_of("subscribe"), HasSubstr("subscribe what?"));
  EXPECT_THAT(error_of("subscribe eurusd"), HasSubstr("did you mean EURUSD?"));
  EXPECT_THAT(error_of("ping me"), HasSubstr("nothing after it"));
  EXPECT_THAT(error_of("raw"), HasSubstr("raw what?"));
}

TEST(prompt_command, help_names_every_command) {
  for (const auto& name : complete_prompt("", {})) EXPECT_THAT(std::string(prompt_help()), HasSubstr(name));
}

TEST(prompt_completion, first_word_is_a_command) {
  EXPECT_THAT(complete_prompt("s", {}), ElementsAre("stats", "subscribe"));
  EXPECT_THAT(complete_prompt("q", {}), ElementsAre("quit"));
}

TEST(prompt_completion, pairs_follow_subscribe_and_each_is_offered_once) {
  EXPECT_THAT(complete_prompt("subscribe E", {"USDJPY", "EURUSD", "EURGBP"}), ElementsAre("EURGBP", "EURUSD"));
  EXPECT_THAT(complete_prompt("subscribe EURUSD ", {"EURUSD", "USDJPY"}), ElementsAre("USDJPY"));
  EXPECT_THAT(complete_prompt("unsubscribe eu", {"EURUSD"}), ElementsAre("EURUSD"));
  EXPECT_THAT(complete_prompt("ping ", {"EURUSD"}), IsEmpty());
}

TEST(prompt_command, of_quotes_takes_symbols) {
  const auto& quotes = *prompt_language(Protocol::quotes);
  const auto command = parse_prompt_command("subscribe AAPL BRK.B", quotes);
  ASSERT_TRUE(command);
  EXPECT_THAT(command->names, ElementsAre("AAPL", "BRK.B"));
  EXPECT_THAT(parse_prompt_command("subscribe", quotes).error().message, HasSubstr("subscribe AAPL MSFT"));
  EXPECT_THAT(prompt_help(quotes), HasSubstr("subscribe SYMBOL...   get the updates of these symbols"));
}

}  // namespace
}  // namespace wsf::wsclient
