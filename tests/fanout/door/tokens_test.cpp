// What a token lets a client of fx-rates do.

#include "auth/key_store.hpp"
#include "fanout/fx_rates/fx_rates_fixture.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kSecret = "thirty-two bytes or more of a secret";

std::string token(std::string_view members = "", std::string_view user = "ada") {
  const std::int64_t expires_s = base::epoch_ms() / 1000 + 300;
  const std::string claims = fmt::format(R"({{"sub":"{}","exp":{}{}}})", user, expires_s, members);
  return auth::sign(claims, kSecret).value();
}

std::string renewal(std::string_view token) {
  return client_text(fmt::format(R"({{"action":"auth","token":"{}"}})", token));
}

struct Keys {
  auth::KeyStore keys{{.secret = kSecret}};
};

class TokensTest : private Keys, public FxRatesTest {
 protected:
  TokensTest() : FxRatesTest(&keys) { options.max_errors = 20; }

  std::vector<std::string> open_with(int fd, std::string_view token) {
    return open(fd, "Authorization: Bearer " + std::string(token) + "\r\n");
  }
  std::string refusal(int fd, std::string_view more_headers) {
    sessions.adopt(fd);
    receive(fd, upgrade_request("/ws/fx-rates", more_headers));
    return kernel[fd].written;
  }
  std::uint64_t closes(protocol::CloseCause cause) {
    return reception.counters().closes[static_cast<std::size_t>(cause)].value();
  }
  std::uint64_t refusals(auth::Refusal why) {
    return reception.counters().refusals[static_cast<std::size_t>(why)].value();
  }
};

TEST_F(TokensTest, without_one_the_upgrade_is_refused) {
  const std::string answer = refusal(5, "");
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(answer, HasSubstr("WWW-Authenticate: Bearer realm=\"wsfanout\"\r\n"));
  EXPECT_EQ(refusals(auth::Refusal::missing), 1u);
}

TEST_F(TokensTest, a_bad_one_is_told_its_fault_and_not_repeated) {
  const std::string bad = token() + "x";
  const std::string answer = refusal(5, "Authorization: " + bad + "\r\n");
  EXPECT_THAT(answer, HasSubstr(R"(error="invalid_token", error_description="the signature is wrong")"));
  EXPECT_THAT(answer, testing::Not(HasSubstr(bad)));
}

TEST_F(TokensTest, a_good_one_is_welcomed_by_its_user) {
  EXPECT_THAT(open_with(5, token()), ElementsAre(HasSubstr(R"("userId":"ada","expiresAt":"20)")));
  EXPECT_EQ(reception.counters().tokens_accepted.value(), 1u);
}

TEST_F(TokensTest, two_that_differ_are_none) {
  EXPECT_THAT(refusal(5, "Authorization: " + token() + "\r\nX-Api-Key: k\r\n"), testing::StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(refusal(6, "Authorization: " + token() + "\r\nAuthorization: " + token() + "\r\n"),
              testing::StartsWith("HTTP/1.1 400 "));
}

TEST_F(TokensTest, pairs_that_it_does_not_allow_are_denied_after_the_answer) {
  open_with(5, token(R"(,"pairs":["EUR*"])"));
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD","GBPUSD","x")")),
              ElementsAre(HasSubstr(R"("subscribed","currencyPairs":["EURUSD"])"), HasSubstr("invalid_pair"),
                          R"({"type":"error","message":"Currency pair not allowed: GBPUSD","code":"not_allowed",)"
                          R"("currencyPairs":["GBPUSD"]})"));
  EXPECT_THAT(ask(5, subscribe(R"("GBPUSD")")), ElementsAre(HasSubstr("not_allowed")));
  feed({event("GBPUSD", 1), event("EURUSD", 2)});
  EXPECT_THAT(heard(5), ElementsAre(HasSubstr(R"({"n":2})")));
}

TEST_F(TokensTest, a_pair_that_is_denied_is_not_resumed_either) {
  feed({event("GBPUSD", 1), event("GBPUSD", 2, 1)});
  open_with(5, token(R"(,"pairs":["EUR*"])"));
  EXPECT_THAT(ask(5, subscribe(R"("GBPUSD")", R"(,"resume":{"GBPUSD":"0-1"},"snapshot":true)")),
              ElementsAre(HasSubstr("not_allowed")));
}

TEST_F(TokensTest, its_limit_of_subscriptions_stands_beside_the_servers) {
  open_with(5, token(R"(,"max_subscriptions":1)"));
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD","GBPUSD")")), ElementsAre(HasSubstr("limit of 1 currency")));
  open_with(6, token(R"(,"max_subscriptions":100)"));
  EXPECT_THAT(ask(6, subscribe(R"("EURUSD","GBPUSD","USDJPY","USDCHF")")),
              ElementsAre(HasSubstr("limit of 3 currency")));
}

TEST_F(TokensTest, its_rate_holds_without_being_asked_for) {
  open_with(5, token(R"(,"max_rate_hz":0.001)"));
  ask(5, subscribe(R"("EURUSD")"));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1)});
  EXPECT_THAT(heard(5), ElementsAre(HasSubstr(R"({"n":1})")));
  app.send_due();
  EXPECT_EQ(app.counters().held_updates.value(), 1);
}

TEST_F(TokensTest, a_newer_one_takes_its_place) {
  open_with(5, token());
  ask(5, subscribe(R"("EURUSD","GBPUSD")"));
  EXPECT_THAT(ask(5, renewal(token(R"(,"pairs":["EUR*"])"))),
              ElementsAre(HasSubstr(R"({"type":"authenticated","userId":"ada","expiresAt":)"),
                          HasSubstr(R"("not_allowed","currencyPairs":["GBPUSD"])")));
  feed({event("GBPUSD", 1), event("EURUSD", 2)});
  EXPECT_THAT(heard(5), ElementsAre(HasSubstr(R"({"n":2})")));
  EXPECT_EQ(app.counters().subscriptions.value(), 1);
}

TEST_F(TokensTest, another_users_does_not) {
  open_with(5, token());
  EXPECT_THAT(ask(5, renewal(token("", "eve"))), ElementsAre(HasSubstr(R"("code":"auth_failed")")));
  EXPECT_THAT(ask(5, renewal("nonsense")), ElementsAre(HasSubstr("not a token")));
  EXPECT_THAT(ask(5, client_text(R"({"action":"auth"})")), ElementsAre(HasSubstr("not a token")));
}

TEST_F(TokensTest, a_user_has_no_more_connections_than_allowed) {
  options.max_connections = 100;
  route.options.max_connections_per_user = 2;
  open_with(5, token());
  open_with(6, token());
  EXPECT_THAT(open_with(7, token()), ElementsAre("close 1008"));
  EXPECT_THAT(open_with(8, token("", "eve")), ElementsAre(HasSubstr("connected")));
  kernel[5].peer_ended = true;
  sessions.on_ready(kernel.readable(5));
  EXPECT_THAT(open_with(9, token()), ElementsAre(HasSubstr("connected")));
  EXPECT_EQ(reception.counters().over_user_limit.value(), 1u);
  EXPECT_EQ(closes(protocol::CloseCause::user_connection_limit), 1u);
  EXPECT_EQ(state.admitted, 3u);
}

TEST_F(TokensTest, too_many_messages_are_not_looked_at) {
  options.max_message_rate = 2;
  open_with(5, token());
  const std::string ping = client_text(R"({"action":"ping"})");
  EXPECT_THAT(ask(5, ping + ping + ping),
              ElementsAre(HasSubstr("pong"), HasSubstr("pong"), HasSubstr("rate_limited")));
  pass(500);
  EXPECT_THAT(ask(5, ping + ping), ElementsAre(HasSubstr("pong"), HasSubstr("rate_limited")));
}

TEST_F(TokensTest, a_flood_of_messages_is_ended) {
  options.max_message_rate = 1;
  options.max_errors = 2;
  open_with(5, token());
  std::string flood;
  for (int i = 0; i < 10; ++i) flood += client_text(R"({"action":"ping"})");
  EXPECT_EQ(ask(5, flood).back(), "close 1008");
  EXPECT_EQ(closes(protocol::CloseCause::too_many_errors), 1u);
}

TEST_F(FxRatesTest, without_keys_there_is_nothing_to_renew) {
  open(5);
  EXPECT_THAT(ask(5, renewal("a.b.c")), ElementsAre(HasSubstr(R"("code":"auth_failed")")));
}

}  // namespace
}  // namespace wsf::fanout
