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

TEST_F(NamesTest, of_quotes_are_symbols_and_there_must_be_one) {
  for (const auto protocol : {Protocol::quotes, Protocol::quotes_patch}) {
    EXPECT_EQ(take(protocol, {"AAPL,BRK.B", "AAPL"}), "");
    EXPECT_THAT(options.symbols, ElementsAre("AAPL", "BRK.B"));
    EXPECT_THAT(take(protocol, {"aapl"}), HasSubstr("did you mean AAPL?"));
    EXPECT_THAT(take(protocol, {"A&b=c"}), HasSubstr("A&b=c is no symbol"));
    EXPECT_THAT(take(protocol, {}), HasSubstr("subscribe wants symbols"));
  }
}

TEST_F(NamesTest, quotes_have_no_place_to_be_verified_by) {
  options.command = Options::Command::verify;
  EXPECT_THAT(take(Protocol::quotes, {"AAPL"}), HasSubstr("verify has nothing to go by"));
  EXPECT_EQ(take(Protocol::quotes_patch, {"AAPL"}), "");
}

TEST_F(NamesTest, fields_are_those_of_the_protocol) {
  take(Protocol::quotes, {"AAPL"});
  options.fields = "all";
  EXPECT_EQ(wrong_fields(options), std::nullopt);
  options.fields = "current_price,change";
  EXPECT_THAT(wrong_fields(options).value_or(""), HasSubstr("--fields: all"));
  take(Protocol::quotes_patch, {"AAPL"});
  EXPECT_EQ(wrong_fields(options), std::nullopt);
  options.fields = "price&symbols=X";
  EXPECT_THAT(wrong_fields(options).value_or(""), HasSubstr("a list of current_price"));
}

}  // namespace
}  // namespace wsf::wsclient
