#include "wsclient/outcome.hpp"

#include <boost/asio/error.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace wsf::wsclient {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using Stage = ws::ConnectFailure::Stage;
using base::Exit;

const Dialect& kRates = dialect_of(Protocol::fx_rates);
const ws::Url kUrl{"prices.example", 8082, "/ws/fx-rates"};

Outcome failed(const ws::ConnectFailure& failure) {
  return outcome_of(failure, kUrl, 10s, kRates);
}

Outcome answered(unsigned status, const std::string& reason = "", const std::string& body = "") {
  ws::ConnectFailure failure;
  failure.stage = Stage::upgrade;
  failure.http_status = status;
  failure.http_reason = reason;
  failure.http_body = body;
  return failed(failure);
}

Outcome closed(std::uint16_t code, const std::string& reason = "", const Dialect& dialect = kRates) {
  return outcome_of(ws::Closed{ws::Closed::By::peer, code, reason}, dialect);
}

TEST(outcome, a_closed_port_asks_whether_wsfanout_runs) {
  const auto outcome = failed({.stage = Stage::tcp, .error = boost::asio::error::connection_refused});
  EXPECT_EQ(outcome.exit, Exit::cannot_connect);
  EXPECT_THAT(outcome.line, HasSubstr("connection refused (is wsfanout running?"));
}

TEST(outcome, symbols_that_quotes_patch_does_not_know_are_a_refusal) {
  ws::ConnectFailure failure;
  failure.stage = Stage::upgrade;
  failure.http_status = 400;
  failure.http_body = "none of the symbols is known";
  const auto outcome = outcome_of(failure, kUrl, 10s, dialect_of(Protocol::quotes_patch));
  EXPECT_EQ(outcome.exit, Exit::refused);
  EXPECT_FALSE(outcome.may_reconnect);
  EXPECT_THAT(outcome.line, HasSubstr("none of the symbols is known (wsfanout --symbols FILE"));
}

TEST(outcome, an_unknown_name_is_repeated) {
  const auto outcome = failed({.stage = Stage::name, .error = boost::asio::error::host_not_found});
  EXPECT_EQ(outcome.exit, Exit::cannot_connect);
  EXPECT_THAT(outcome.line, HasSubstr("the name prices.example does not resolve"));
}

TEST(outcome, a_timeout_says_how_far_it_came) {
  EXPECT_THAT(failed({.stage = Stage::tcp, .timed_out = true}).line, HasSubstr("no answer within 10s"));
  EXPECT_THAT(failed({.stage = Stage::upgrade, .timed_out = true}).line, HasSubstr("no answer to the upgrade"));
}

TEST(outcome, what_is_wrong_with_tls_is_said_with_a_way_out) {
  using Kind = net::TlsFault::Kind;
  const auto of = [](Kind kind, const std::string& what) {
    return failed({.stage = Stage::tls, .tls = net::TlsFault{kind, what}});
  };
  EXPECT_THAT(of(Kind::unknown_authority, "its certificate is no good").line,
              HasSubstr("its certificate is no good (--tls-ca FILE names the authority to trust)"));
  EXPECT_EQ(of(Kind::expired, "x").exit, Exit::cannot_connect);
  EXPECT_EQ(of(Kind::certificate_wanted, "x").exit, Exit::refused);
  EXPECT_FALSE(of(Kind::certificate_refused, "x").may_reconnect);
  EXPECT_THAT(failed({.stage = Stage::tls, .timed_out = true}).line, HasSubstr("no TLS handshake within 10s"));
}

TEST(outcome, an_http_status_is_named_with_a_hint) {
  EXPECT_THAT(answered(404, "Not Found").line, HasSubstr("HTTP 404 Not Found (is the path right?"));
  EXPECT_EQ(answered(404).exit, Exit::cannot_connect);
  EXPECT_THAT(answered(200, "OK").line, HasSubstr("no WebSocket endpoint"));
  EXPECT_THAT(answered(503, "Service Unavailable", "draining").line, HasSubstr("503 Service Unavailable: draining"));
}

TEST(outcome, no_entry_is_exit_code_4_and_not_tried_again) {
  EXPECT_EQ(answered(401).exit, Exit::refused);
  EXPECT_THAT(answered(401).line, HasSubstr("--token-file"));
  EXPECT_EQ(answered(403).exit, Exit::refused);
  EXPECT_THAT(answered(403, "Forbidden", "Origin not allowed").line, HasSubstr("Origin not allowed"));
  EXPECT_FALSE(answered(403).may_reconnect);
}

TEST(outcome, close_codes_decide_about_a_reconnect) {
  for (const int code : {1001, 1005, 1011, 1012, 1013, 4000, 4001, 4002})
    EXPECT_TRUE(closed(static_cast<std::uint16_t>(code)).may_reconnect) << code;
  for (const int code : {1002, 1003, 1007, 1008, 1009})
    EXPECT_FALSE(closed(static_cast<std::uint16_t>(code)).may_reconnect) << code;
}

TEST(outcome, a_close_for_good_names_code_and_reason) {
  const auto outcome = closed(1008, "too many errors");
  EXPECT_EQ(outcome.exit, Exit::closed_by_server);
  EXPECT_THAT(outcome.line, HasSubstr("closed by the server: 1008 too many errors"));
}

TEST(outcome, a_close_says_what_to_do_next) {
  EXPECT_THAT(closed(4001, "token expired").line, HasSubstr("4001 token expired (put a new one into --token-file"));
  EXPECT_THAT(closed(1008, "connection limit per user").line, HasSubstr("end another connection of this user first"));
  EXPECT_THAT(closed(4002, "gap", dialect_of(Protocol::trading)).line, HasSubstr("asked for again"));
  EXPECT_THAT(closed(4002, "gap", dialect_of(Protocol::notify)).line, HasSubstr("lost, fetch them"));
  EXPECT_EQ(closed(1012, "service restart").line, "closed by the server: 1012 service restart");
}

TEST(outcome, a_token_for_other_assessments_is_told_from_a_foreign_origin) {
  EXPECT_THAT(answered(403, "Forbidden", "the token does not name this assessment").line,
              HasSubstr("its claim \"assessments\""));
  EXPECT_THAT(answered(403, "Forbidden", "Origin not allowed").line, HasSubstr("--origin"));
}

TEST(outcome, a_wrong_path_names_that_of_the_protocol) {
  ws::ConnectFailure failure;
  failure.http_status = 404;
  EXPECT_THAT(outcome_of(failure, kUrl, 10s, dialect_of(Protocol::trading)).line,
              HasSubstr("wsfanout serves trading at /ws)"));
}

TEST(outcome, a_lost_line_may_be_tried_again) {
  const auto outcome = outcome_of(ws::Closed{ws::Closed::By::line, 1006, "connection reset by peer"}, kRates);
  EXPECT_TRUE(outcome.may_reconnect);
  EXPECT_THAT(outcome.line, HasSubstr("connection lost: connection reset by peer"));
}

TEST(outcome, a_restart_and_a_full_server_ask_for_a_longer_first_wait) {
  EXPECT_EQ(closed(1012).wait.most, 1s);
  EXPECT_EQ(closed(1013).wait.least, 1s);
  EXPECT_EQ(closed(1013).wait.most, 5s);
  EXPECT_EQ(closed(1001).wait.most, 0s);
}

TEST(outcome, a_subscription_that_is_refused_is_exit_code_4_with_the_servers_words) {
  ServerMessage error;
  error.message = "Subscription limit of 50 currency pairs exceeded";
  error.code = "subscription_limit";
  const auto outcome = refused_subscription(error);
  EXPECT_EQ(outcome.exit, Exit::refused);
  EXPECT_THAT(outcome.line, HasSubstr("refuses the subscription: Subscription limit of 50"));
  EXPECT_THAT(outcome.line, HasSubstr("--max-subscriptions"));
}

TEST(outcome, a_refusal_without_words_is_told_by_its_code) {
  ServerMessage error;
  error.code = "no_entry";
  EXPECT_THAT(refused_subscription(error).line, HasSubstr("no_entry"));
}

TEST(outcome, every_line_is_one_line) {
  for (const unsigned status : {200u, 302u, 401u, 403u, 404u, 426u, 500u, 502u})
    EXPECT_EQ(std::ranges::count(answered(status).line, '\n'), 0) << status;
}

}  // namespace
}  // namespace wsf::wsclient
