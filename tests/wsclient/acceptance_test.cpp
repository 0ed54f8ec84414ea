#include "wsclient/acceptance.hpp"

#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using News = Acceptance::News;

News hear(Acceptance& acceptance, std::string_view raw) {
  return acceptance.on_message(*parse_server_message(raw));
}

constexpr const char* kConnected = R"({"type":"connected","message":"welcome"})";
constexpr const char* kSubscribed = R"({"type":"subscribed","currencyPairs":["EURUSD"]})";
constexpr const char* kOneInvalid = R"({"type":"error","code":"invalid_pair","currencyPairs":["USDJPY"]})";
constexpr const char* kBothInvalid = R"({"type":"error","code":"invalid_pair","currencyPairs":["EURUSD","USDJPY"]})";
constexpr const char* kLimit = R"({"type":"error","message":"limit exceeded","code":"subscription_limit"})";

TEST(acceptance, is_told_once) {
  Acceptance acceptance(2);
  EXPECT_EQ(hear(acceptance, kConnected), News::nothing);
  EXPECT_EQ(hear(acceptance, kSubscribed), News::accepted);
  EXPECT_EQ(hear(acceptance, kSubscribed), News::nothing);
}

TEST(acceptance, an_update_proves_it_too) {
  Acceptance acceptance(1);
  EXPECT_EQ(hear(acceptance, R"({"type":"rateUpdate","event":{"fxRate":{"currencyPair":"EURUSD","rate":1}}})"),
            News::accepted);
}

TEST(acceptance, an_error_without_pairs_refuses_the_whole) {
  Acceptance acceptance(51);
  EXPECT_EQ(hear(acceptance, kLimit), News::refused);
}

TEST(acceptance, an_error_that_names_every_pair_refuses_the_whole) {
  Acceptance acceptance(2);
  EXPECT_EQ(hear(acceptance, kBothInvalid), News::refused);
}

TEST(acceptance, an_error_for_some_pairs_refuses_a_part_before_and_after_the_answer) {
  Acceptance before(2);
  EXPECT_EQ(hear(before, kOneInvalid), News::complaint);
  EXPECT_EQ(hear(before, kSubscribed), News::accepted);
  Acceptance after(2);
  EXPECT_EQ(hear(after, kSubscribed), News::accepted);
  EXPECT_EQ(hear(after, kOneInvalid), News::complaint);
}

TEST(acceptance, errors_that_name_the_pairs_one_by_one_refuse_the_whole_with_the_last) {
  Acceptance acceptance(2);
  EXPECT_EQ(hear(acceptance, kOneInvalid), News::complaint);
  EXPECT_EQ(hear(acceptance, R"({"type":"error","currencyPairs":["EURUSD"]})"), News::refused);
}

TEST(acceptance, once_there_nothing_refuses_the_whole) {
  Acceptance acceptance(1);
  hear(acceptance, kSubscribed);
  EXPECT_EQ(hear(acceptance, kLimit), News::complaint);
}

}  // namespace
}  // namespace wsf::wsclient
