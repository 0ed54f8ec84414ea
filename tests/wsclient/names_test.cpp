#include "wsclient/names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct NamesTest : ::testing::Test {
  NamesTest() { options.command = Options::Command::subscribe; }

  std::string take(Protocol protocol, const std::vector<std::string>& words) {
    options.dialect = &dialect_of(protocol);
    return take_names(words, options).value_or("");
  }

  Options options;
};

TEST_F(NamesTest, of_fx_rates_are_pairs_and_there_must_be_one) {
  EXPECT_EQ(take(Protocol::fx_rates, {"EURUSD,USDJPY", "EURUSD"}), "");
  EXPECT_THAT(options.pairs, ElementsAre("EURUSD", "USDJPY"));
  EXPECT_THAT(take(Protocol::fx_rates, {"eurusd"}), HasSubstr("did you mean EURUSD?"));
  EXPECT_THAT(take(Protocol::fx_rates, {}), HasSubstr("subscribe wants currency pairs"));
}

TEST_F(NamesTest, of_trading_are_one_assessment_or_none) {
  EXPECT_EQ(take(Protocol::trading, {}), "");
  EXPECT_EQ(take(Protocol::trading, {"assessment-123"}), "");
  EXPECT_EQ(options.assessment, "assessment-123");
  EXPECT_THAT(take(Protocol::trading, {"a", "b"}), HasSubstr("one assessment at a time"));
  EXPECT_THAT(take(Protocol::trading, {"a&since=x"}), HasSubstr("a&since=x is no assessment"));
}

TEST_F(NamesTest, of_notify_there_are_none) {
  EXPECT_EQ(take(Protocol::notify, {}), "");
  EXPECT_THAT(take(Protocol::notify, {"ada"}), HasSubstr("nothing can be chosen"));
  options.command = Options::Command::verify;
  EXPECT_THAT(take(Protocol::notify, {}), HasSubstr("verify has nothing to go by"));
}

}  // namespace
}  // namespace wsf::wsclient
