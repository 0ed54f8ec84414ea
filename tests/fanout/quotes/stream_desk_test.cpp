// Who may open gRPC streams of quotes, and what they may see.

#include "fanout/quotes/stream_desk.hpp"

#include "auth/key_store.hpp"
#include "base/clock.hpp"
#include "fanout/quotes/counted_source.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr const char* kSecret = "thirty-two bytes or more of a secret";

// `claims` begins with a comma.
std::string token(std::string_view claims = "", std::int64_t lives_s = 300) {
  const std::int64_t expires_s = base::epoch_ms() / 1000 + lives_s;
  return auth::sign(fmt::format(R"({{"sub":"ada","exp":{}{}}})", expires_s, claims), kSecret).value();
}

class StreamDeskTest : public testing::Test {
 protected:
  StreamDeskTest() {
    options.grpc_listen.emplace();
    route.keys = &keys;
  }
  std::string refusal(const std::string& authorization) {
    const auto peer = desk.admit(authorization, "ada");
    return peer ? "" : peer.error().message;
  }

  QuotesOptions options;
  auth::KeyStore keys{{.secret = kSecret}};
  Route route{.options = options.route};
  CountedSource source;
  NewestQuotes newest;
  StreamDesk desk{options, route, source, newest};
};

TEST_F(StreamDeskTest, who_shows_no_token_is_trusted_and_may_open_any_number_of_streams) {
  auto peer = desk.admit("", "gateway").value();
  EXPECT_FALSE(peer.may_see);
  EXPECT_FALSE(peer.max_subscriptions);
  std::vector<grpc::QuotePeer> many(20, peer);
  for (grpc::QuotePeer& one : many) EXPECT_TRUE(desk.seat(one));
  EXPECT_EQ(route.users.users(), 0U);
}

TEST_F(StreamDeskTest, a_token_may_be_required_of_all) {
  options.grpc_listen->require_token = true;
  EXPECT_NE(refusal(""), "");
  EXPECT_EQ(refusal(token()), "");
}

TEST_F(StreamDeskTest, a_token_that_is_not_good_is_refused_rather_than_ignored) {
  EXPECT_EQ(refusal(token() + "x"), "the signature is wrong");
  EXPECT_NE(refusal("Bearer "), "");
  EXPECT_NE(refusal(token("", -60)), "");
}

TEST_F(StreamDeskTest, its_tier_and_its_number_of_symbols_count) {
  options.tiers = QuoteTiers::parse({"basic=AAPL"}).value();
  const auto peer = desk.admit("Bearer " + token(R"(,"tier":"basic","max_subscriptions":3)"), "").value();
  EXPECT_TRUE(peer.may_see("AAPL"));
  EXPECT_FALSE(peer.may_see("TSLA"));
  EXPECT_EQ(peer.max_subscriptions, 3U);
  EXPECT_EQ(desk.admit(token(), "").value().max_subscriptions, options.max_subscriptions);
}

TEST_F(StreamDeskTest, the_stream_ends_with_the_token) {
  const auto peer = desk.admit(token("", 100), "").value();
  EXPECT_LE(*peer.credential_ends, std::chrono::seconds{100});
  EXPECT_GT(*peer.credential_ends, std::chrono::seconds{80});
}

TEST_F(StreamDeskTest, a_users_streams_are_connections_of_the_user_until_they_are_gone) {
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(route.users.enter("ada", 5));
  const std::string ada = token();
  {
    auto fifth = desk.admit(ada, "").value();
    EXPECT_TRUE(desk.seat(fifth));
    auto sixth = desk.admit(ada, "").value();
    EXPECT_FALSE(desk.seat(sixth));
  }
  EXPECT_EQ(route.users.refused(), 1U);
  auto again = desk.admit(ada, "").value();
  EXPECT_TRUE(desk.seat(again));
}

TEST_F(StreamDeskTest, what_streams_want_is_asked_of_the_source) {
  desk.join("AAPL");
  source.subscribe("AAPL");
  EXPECT_THAT(source.symbols, ElementsAre(Pair("AAPL", 2)));
  desk.leave("AAPL");
  EXPECT_THAT(source.symbols, ElementsAre(Pair("AAPL", 1)));
}

}  // namespace
}  // namespace wsf::fanout
