#include "kafka/topic_choice.hpp"

#include "base/exit_codes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::kafka {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string refusal_of(const std::vector<std::string>& items) {
  try {
    const TopicChoice choice(items);
  } catch (const base::StartupError& error) {
    EXPECT_EQ(error.code(), base::Exit::usage);
    return error.what();
  }
  return "";
}

TEST(TopicChoice, an_item_without_a_caret_is_a_name_and_finds_nothing) {
  const TopicChoice choice({"rates", "rates.eu"});
  EXPECT_THAT(choice.names(), ElementsAre("rates", "rates.eu"));
  EXPECT_FALSE(choice.finds("rates"));
}

TEST(TopicChoice, a_name_given_twice_is_one) {
  const TopicChoice choice({"rates", "rates"});
  EXPECT_THAT(choice.names(), ElementsAre("rates"));
  EXPECT_TRUE(choice.is_one_name());
}

TEST(TopicChoice, an_expression_finds_what_begins_so_and_is_open_at_its_end) {
  const TopicChoice choice({R"(^market-data\..*)", "^trading"});
  EXPECT_THAT(choice.names(), IsEmpty());
  EXPECT_FALSE(choice.is_one_name());
  EXPECT_TRUE(choice.finds("market-data.prices"));
  EXPECT_TRUE(choice.finds("trading-old"));
  EXPECT_FALSE(choice.finds("market-data"));
  EXPECT_FALSE(choice.finds("new.trading"));
}

TEST(TopicChoice, a_dollar_ends_an_expression) {
  const TopicChoice choice({"^trading$"});
  EXPECT_TRUE(choice.finds("trading"));
  EXPECT_FALSE(choice.finds("trading.pnl"));
}

TEST(TopicChoice, kafkas_own_topics_are_never_found) {
  EXPECT_FALSE(TopicChoice({"^.*"}).finds("__consumer_offsets"));
  EXPECT_TRUE(TopicChoice({"^.*"}).finds("_schemas"));
}

TEST(TopicChoice, is_told_as_it_was_given) {
  EXPECT_EQ(TopicChoice({"rates", "^trading"}).text(), "rates, ^trading");
}

TEST(TopicChoice, a_bad_expression_is_refused_by_its_name) {
  EXPECT_THAT(refusal_of({"rates", "^trading[.*"}), HasSubstr("\"^trading[.*\": bad regular expression"));
}

TEST(TopicChoice, what_is_no_name_of_a_topic_is_refused) {
  EXPECT_THAT(refusal_of({"trading.*"}), HasSubstr("\"trading.*\" is no name of a topic"));
  EXPECT_THAT(refusal_of({""}), HasSubstr("\"\" is no name of a topic"));
}

TEST(TopicChoice, none_and_too_many_are_refused) {
  EXPECT_THAT(refusal_of({}), HasSubstr("no topic"));
  std::vector<std::string> many;
  for (std::size_t i = 0; i <= kMaxTopics; i++) many.push_back("topic" + std::to_string(i));
  EXPECT_THAT(refusal_of(many), HasSubstr("too many"));
}

}  // namespace
}  // namespace wsf::kafka
