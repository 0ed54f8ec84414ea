#include "fanout/fx_rates/fx_rates_fixture.hpp"
#include "ws/compressed_peer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view kOffersDeflate = "Sec-WebSocket-Extensions: permessage-deflate\r\n";

TEST_F(FxRatesTest, a_client_is_welcomed_with_its_session_id) {
  EXPECT_THAT(open(5), ElementsAre(testing::MatchesRegex(
                           R"(\{"type":"connected","message":"Connected to FX Rates WebSocket","sessionId":")"
                           R"([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"\})")));
}

TEST_F(FxRatesTest, what_answers_a_request_is_not_counted_as_a_frame) {
  open(5);
  EXPECT_EQ(sessions.counters().frames_sent.value(), 1u);  // the welcome, without the 101
  sessions.adopt(6);
  receive(6, "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(sessions.counters().frames_sent.value(), 1u);
}

TEST_F(FxRatesTest, an_update_reaches_those_who_subscribed_and_nobody_else) {
  open(5);
  open(6);
  ask(5, subscribe(R"("EURUSD")"));
  ask(6, subscribe(R"("USDJPY")"));
  feed({event("EURUSD", 1)});
  EXPECT_THAT(heard(5), ElementsAre(R"({"type":"rateUpdate","event":{"n":1}})"));
  EXPECT_THAT(heard(6), IsEmpty());
}

TEST_F(FxRatesTest, subscribing_twice_still_brings_one_copy) {
  open(5);
  ask(5, subscribe(R"("EURUSD")"));
  ask(5, subscribe(R"("EURUSD")"));
  feed({event("EURUSD", 1)});
  EXPECT_THAT(heard(5), SizeIs(1));
}

TEST_F(FxRatesTest, what_was_unsubscribed_does_not_come_even_when_it_waited) {
  open(5);
  ask(5, subscribe(R"("EURUSD","USDJPY")"));
  kernel[5].takes = 0;
  feed({event("EURUSD", 1), event("USDJPY", 2)});
  kernel[5].incoming = client_text(R"({"action":"unsubscribe","currencyPairs":["EURUSD"]})");
  sessions.on_ready(kernel.readable(5));
  unblock(5);
  EXPECT_THAT(heard(5), ElementsAre(R"({"type":"rateUpdate","event":{"n":2}})",
                                    R"({"type":"unsubscribed","currencyPairs":["EURUSD"]})"));
}

TEST_F(FxRatesTest, one_pair_too_many_changes_nothing) {
  open(5);
  ask(5, subscribe(R"("EURUSD","USDJPY")"));
  EXPECT_THAT(ask(5, subscribe(R"("GBPUSD","AUDUSD")")), ElementsAre(HasSubstr(R"("code":"subscription_limit")")));
  EXPECT_EQ(app.counters().subscriptions.value(), 2);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD","GBPUSD")")), ElementsAre(HasSubstr(R"("type":"subscribed")")));
}

TEST_F(FxRatesTest, valid_pairs_are_subscribed_and_the_refused_are_named_after) {
  open(5);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD","EURUS")")),
              ElementsAre(HasSubstr(R"("currencyPairs":["EURUSD"])"), HasSubstr(R"("code":"invalid_pair")")));
}

TEST_F(FxRatesTest, a_snapshot_is_the_last_value_even_of_an_event_from_before_the_start) {
  hub::Update old = event("EURUSD", 4, 3);
  old.silent = true;
  feed({old});
  open(5);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD","USDJPY")", R"(,"snapshot":true)")),
              ElementsAre(HasSubstr(R"("subscribed")"), R"({"type":"rateUpdate","event":{"n":4},"snapshot":true})"));
}

TEST_F(FxRatesTest, events_from_before_the_start_are_not_news) {
  open(5);
  ask(5, subscribe(R"("EURUSD")"));
  hub::Update old = event("EURUSD", 4);
  old.silent = true;
  feed({old});
  EXPECT_THAT(heard(5), IsEmpty());
}

TEST_F(FxRatesTest, a_client_that_comes_back_gets_what_it_missed_in_order_and_then_the_news) {
  feed({event("EURUSD", 1), event("EURUSD", 2, 1), event("USDJPY", 3), event("EURUSD", 4, 2)});
  open(5);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", R"(,"resume":{"EURUSD":"0-1"})")),
              ElementsAre(HasSubstr(R"("recovered":{"EURUSD":true})"), R"({"type":"rateUpdate","event":{"n":2}})",
                          R"({"type":"rateUpdate","event":{"n":4}})"));
  feed({event("EURUSD", 5, 4)});
  EXPECT_THAT(heard(5), ElementsAre(R"({"type":"rateUpdate","event":{"n":5}})"));
}

TEST_F(FxRatesTest, a_resume_before_the_head_waits_for_it_but_not_for_ever) {
  open(5);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", R"(,"resume":{"EURUSD":"0-1"})")), IsEmpty());
  feed({event("EURUSD", 1), event("EURUSD", 2, 1)});
  EXPECT_THAT(heard(5),
              ElementsAre(HasSubstr(R"("recovered":{"EURUSD":true})"), R"({"type":"rateUpdate","event":{"n":2}})"));
}

TEST_F(FxRatesTest, a_resume_is_answered_even_if_the_head_is_never_reached) {
  open(5);
  ask(5, subscribe(R"("EURUSD")", R"(,"resume":{"EURUSD":"0-1"})"));
  pass(Resumes::kPatienceMs);
  app.on_tick();
  sessions.flush();
  EXPECT_THAT(heard(5), testing::Contains(HasSubstr(R"("recovered":{"EURUSD":false})")));
}

TEST_F(FxRatesTest, a_resume_that_reaches_too_far_back_gets_a_gap_and_the_newest_value) {
  feed({event("EURUSD", 10, 7), event("EURUSD", 11, 10)});
  open(5);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", R"(,"snapshot":true,"resume":{"EURUSD":"0-6"})")),
              ElementsAre(HasSubstr(R"("recovered":{"EURUSD":false})"),
                          R"({"type":"gap","currencyPair":"EURUSD","from":"0-6","to":"0-11"})",
                          R"({"type":"rateUpdate","event":{"n":11},"snapshot":true})"));
  EXPECT_THAT(ask(5, subscribe(R"("GBPUSD")", R"(,"resume":{"GBPUSD":"0-6"})")),
              ElementsAre(HasSubstr(R"("recovered":{"GBPUSD":false})"),
                          R"({"type":"gap","currencyPair":"GBPUSD","from":"0-6","to":null})"));
}

TEST_F(FxRatesTest, a_resume_from_ahead_of_this_replica_repeats_nothing) {
  feed({event("EURUSD", 5, 4)});
  open(5);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", R"(,"resume":{"EURUSD":"0-8"})")),
              ElementsAre(HasSubstr(R"("recovered":{"EURUSD":true})")));
  feed({event("EURUSD", 7, 5), event("EURUSD", 8, 7), event("EURUSD", 9, 8)});
  EXPECT_THAT(heard(5), ElementsAre(R"({"type":"rateUpdate","event":{"n":9}})"));
  EXPECT_EQ(app.counters().updates_sent.value(), 1u) << "what is not sent is not counted";
}

TEST_F(FxRatesTest, a_position_that_is_never_reached_is_of_another_log_and_holds_nothing_back_for_long) {
  open(5);
  feed({event("EURUSD", 1)});
  ask(5, subscribe(R"("EURUSD")", R"(,"resume":{"EURUSD":"0-90"})"));
  feed({event("EURUSD", 2, 1)});
  EXPECT_THAT(heard(5), IsEmpty());
  pass(Resumes::kAheadMs);
  feed({event("EURUSD", 3, 2)});
  EXPECT_THAT(heard(5), ElementsAre(R"({"type":"gap","currencyPair":"EURUSD","from":"0-90","to":"0-3"})",
                                    HasSubstr(R"({"n":3})")));
}

TEST_F(FxRatesTest, a_pair_that_is_subscribed_already_has_nothing_to_resume) {
  feed({});
  open(5);
  ask(5, subscribe(R"("EURUSD")"));
  feed({event("EURUSD", 1), event("EURUSD", 2, 1)});
  heard(5);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", R"(,"resume":{"EURUSD":"0-1"})")),
              ElementsAre(HasSubstr(R"("recovered":{"EURUSD":true})")));
}

TEST_F(FxRatesTest, what_the_log_lost_is_told_to_those_who_watch_positions) {
  for (const int fd : {5, 6}) open(fd);
  feed({event("EURUSD", 3)});
  ask(5, subscribe(R"("EURUSD","USDJPY")", R"(,"meta":true)"));
  ask(6, subscribe(R"("EURUSD")"));
  lose({0, 4}, {0, 50});
  EXPECT_THAT(heard(5), ElementsAre(R"({"type":"gap","currencyPair":"EURUSD","from":"0-3","to":"0-50"})"));
  EXPECT_THAT(heard(6), IsEmpty());
}

TEST_F(FxRatesTest, what_another_partition_lost_is_no_gap) {
  open(5);
  feed({event("EURUSD", 3)});
  ask(5, subscribe(R"("EURUSD")", R"(,"meta":true)"));
  lose({1, 4}, {1, 50});
  EXPECT_THAT(heard(5), IsEmpty());
}

TEST_F(FxRatesTest, a_client_that_resumed_is_told_what_the_log_lost) {
  open(5);
  feed({event("EURUSD", 3)});
  ask(5, subscribe(R"("EURUSD")", R"(,"resume":{"EURUSD":"0-3"})"));
  lose({0, 4}, {0, 50});
  EXPECT_THAT(heard(5), ElementsAre(HasSubstr(R"("type":"gap")")));
}

TEST_F(FxRatesTest, nobody_resumes_across_what_the_log_lost) {
  open(5);
  feed({event("EURUSD", 3)});
  lose({0, 4}, {0, 50});
  feed({event("EURUSD", 50, 3)});
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", R"(,"resume":{"EURUSD":"0-3"})")),
              ElementsAre(HasSubstr(R"("recovered":{"EURUSD":false})"), HasSubstr(R"("to":"0-50")"),
                          HasSubstr(R"("snapshot":true)")));
}

TEST_F(FxRatesTest, a_position_of_a_log_that_was_made_anew_is_not_recovered) {
  open(5);
  feed({event("EURUSD", 3)});
  feed({of_epoch(1, event("EURUSD", 0, 3))});
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", R"(,"resume":{"EURUSD":"0-3"})")),
              ElementsAre(HasSubstr(R"("recovered":{"EURUSD":false})"), HasSubstr(R"("from":"0-3","to":"1.0-0")"),
                          HasSubstr(R"("snapshot":true)")));
}

TEST_F(FxRatesTest, the_chain_of_a_connection_goes_on_in_a_log_that_was_made_anew) {
  open(5);
  ask(5, subscribe(R"("EURUSD")", R"(,"meta":true)"));
  feed({event("EURUSD", 3)});
  heard(5);
  feed({of_epoch(1, event("EURUSD", 0, 3))});
  EXPECT_THAT(heard(5), ElementsAre(HasSubstr(R"("offset":"1.0-0","prev":"0-3")")));
}

TEST_F(FxRatesTest, what_was_read_silently_from_a_log_made_anew_is_a_gap_before_the_next_update) {
  open(5);
  ask(5, subscribe(R"("EURUSD")", R"(,"meta":true)"));
  feed({event("EURUSD", 3)});
  heard(5);
  hub::Update old = of_epoch(1, event("EURUSD", 0, 3));
  old.silent = true;
  feed({old});
  EXPECT_THAT(heard(5), IsEmpty());
  hub::Update next = event("EURUSD", 1);
  next.previous = old.position;
  feed({of_epoch(1, next)});
  EXPECT_THAT(heard(5), ElementsAre(R"({"type":"gap","currencyPair":"EURUSD","from":"0-3","to":"1.0-1"})",
                                    HasSubstr(R"("offset":"1.0-1","prev":"1.0-0")")));
}

TEST_F(FxRatesTest, a_tombstone_leaves_nothing_to_show) {
  hub::Update gone = event("EURUSD", 2);
  gone.tombstone = true;
  feed({event("EURUSD", 1), gone});
  open(5);
  EXPECT_THAT(ask(5, subscribe(R"("EURUSD")", R"(,"snapshot":true)")), SizeIs(1));
}

TEST_F(FxRatesTest, positions_come_only_to_those_who_asked) {
  open(5);
  open(6);
  ask(5, subscribe(R"("EURUSD")", R"(,"meta":true)"));
  ask(6, subscribe(R"("EURUSD")"));
  feed({event("EURUSD", 2, 1)});
  EXPECT_THAT(heard(5), ElementsAre(HasSubstr(R"("meta":{"offset":"0-2","prev":"0-1","kafka":77,"sent":)")));
  EXPECT_THAT(heard(6), ElementsAre(R"({"type":"rateUpdate","event":{"n":2}})"));
}

TEST_F(FxRatesTest, a_conflated_update_names_the_last_one_that_the_client_got) {
  open(5);
  ask(5, subscribe(R"("EURUSD")", R"(,"meta":true)"));
  feed({event("EURUSD", 1)});
  heard(5);
  kernel[5].takes = 0;
  feed({event("EURUSD", 2, 1)});
  pass(1'500);
  feed({event("EURUSD", 3, 2), event("EURUSD", 4, 3)});
  unblock(5);
  EXPECT_THAT(heard(5),
              ElementsAre(testing::AllOf(HasSubstr(R"("event":{"n":4})"), HasSubstr(R"("offset":"0-4","prev":"0-1")"),
                                         HasSubstr(R"("conflated":2)"))));
}

TEST_F(FxRatesTest, a_client_that_offers_compression_gets_updates_compressed) {
  open(5, kOffersDeflate);
  ask(5, subscribe(R"("EURUSD")"));
  hub::Update update = event("EURUSD", 1);
  update.payload = R"({"n":")" + std::string(200, 'x') + "\"}";
  feed({update});
  EXPECT_THAT(ws::messages_in(std::exchange(kernel[5].written, {})),
              ElementsAre(R"(z:{"type":"rateUpdate","event":)" + update.payload + "}"));
}

TEST_F(FxRatesTest, compression_can_be_switched_off) {
  options.compress = false;
  open(5, kOffersDeflate);
  ask(5, subscribe(R"("EURUSD")"));
  hub::Update update = event("EURUSD", 1);
  update.payload = R"({"n":")" + std::string(200, 'x') + "\"}";
  feed({update});
  EXPECT_THAT(heard(5), ElementsAre(HasSubstr(update.payload)));
}

TEST_F(FxRatesTest, a_conflated_compressed_update_names_the_last_one_that_the_client_got) {
  open(5, kOffersDeflate);
  ask(5, subscribe(R"("EURUSD")", R"(,"meta":true)"));
  kernel[5].takes = 0;
  feed({event("EURUSD", 2, 1)});
  pass(1'500);
  feed({event("EURUSD", 3, 2), event("EURUSD", 4, 3)});
  unblock(5);
  EXPECT_THAT(ws::messages_in(std::exchange(kernel[5].written, {})),
              ElementsAre(testing::AllOf(HasSubstr(R"("event":{"n":4})"), HasSubstr(R"("offset":"0-4","prev":"0-1")"),
                                         HasSubstr(R"("conflated":2)"))));
}

TEST_F(FxRatesTest, beyond_the_connection_limit_the_upgrade_is_completed_and_closed) {
  open(5);
  open(6);
  EXPECT_THAT(open(7), ElementsAre("close 1013"));
  kernel[6].peer_ended = true;
  receive(6, "");
  EXPECT_THAT(open(8), ElementsAre(HasSubstr("connected")));
}

TEST_F(FxRatesTest, too_many_errors_in_a_short_time_close_and_a_few_over_a_long_time_do_not) {
  open(5);
  ask(5, client_text("x"));
  ask(5, client_text("x"));
  pass(10'100);
  EXPECT_THAT(ask(5, client_text("x") + client_text("x")), SizeIs(2));
  EXPECT_THAT(ask(5, client_text("x")), ElementsAre(HasSubstr("invalid_json"), "close 1008"));
}

TEST_F(FxRatesTest, a_session_that_ends_takes_its_subscriptions_along) {
  open(5);
  ask(5, subscribe(R"("EURUSD","USDJPY")"));
  kernel[5].peer_ended = true;
  receive(5, "");
  EXPECT_EQ(app.counters().subscriptions.value(), 0);
  EXPECT_EQ(state.admitted, 0u);
}

// What a request gets before there is a session.
struct RequestRow {
  std::string name;
  std::string request;
  std::string answer;  // begin of the status line
};

class Requests : public FxRatesTest, public testing::WithParamInterface<RequestRow> {};

TEST_P(Requests, get_the_answer_of_the_protocol) {
  route.options.allowed_origins = {"https://app.example"};
  sessions.adopt(5);
  receive(5, GetParam().request);
  EXPECT_THAT(kernel[5].written, testing::StartsWith("HTTP/1.1 " + GetParam().answer));
}

std::string without(std::string request, std::string_view line_start) {
  const std::size_t begin = request.find(line_start);
  return request.erase(begin, request.find("\r\n", begin) + 2 - begin);
}
std::string with(std::string request, std::string_view from, std::string_view to) {
  return request.replace(request.find(from), from.size(), to);
}
std::string get(std::string_view path) {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n";
}

const std::string kPath = "/ws/fx-rates";

INSTANTIATE_TEST_SUITE_P(
    Rows, Requests,
    testing::Values(
        RequestRow{"upgrade", upgrade_request(), "101"},
        RequestRow{"own_origin", upgrade_request(kPath, "Origin: http://h\r\n"), "101"},
        RequestRow{"allowed_origin", upgrade_request(kPath, "Origin: https://app.example\r\n"), "101"},
        RequestRow{"foreign_origin", upgrade_request(kPath, "Origin: https://evil.example\r\n"), "403"},
        RequestRow{"null_origin", upgrade_request(kPath, "Origin: null\r\n"), "403"},
        RequestRow{"two_origins",
                   upgrade_request(kPath, "Origin: https://app.example\r\nOrigin: https://evil.example\r\n"), "400"},
        RequestRow{"two_hosts", upgrade_request(kPath, "Host: other\r\n"), "400"},
        RequestRow{"two_keys", upgrade_request(kPath, "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), "400"},
        RequestRow{"two_versions", upgrade_request(kPath, "Sec-WebSocket-Version: 13\r\n"), "400"},
        RequestRow{"no_host", without(upgrade_request(), "Host"), "400"},
        RequestRow{"no_key", without(upgrade_request(), "Sec-WebSocket-Key"), "400"},
        RequestRow{"short_key", with(upgrade_request(), "dGhlIHNhbXBsZSBub25jZQ==", "dGhl"), "400"},
        RequestRow{"no_version", without(upgrade_request(), "Sec-WebSocket-Version"), "400"},
        RequestRow{"old_version", with(upgrade_request(), "Version: 13", "Version: 8"), "400"},
        RequestRow{"http_1_0", with(upgrade_request(), "HTTP/1.1", "HTTP/1.0"), "426"},
        RequestRow{"no_upgrade", get(kPath), "426"}, RequestRow{"unknown_path", get("/nothing"), "404"},
        RequestRow{"upgrade_elsewhere", upgrade_request("/nothing"), "404"},
        RequestRow{"post", with(get("/healthz"), "GET", "POST"), "405"},
        RequestRow{"health_before_the_head", get("/actuator/health"), "503"},
        RequestRow{"alive", get("/healthz"), "200"}, RequestRow{"not_ready", get("/readyz"), "503"},
        RequestRow{"metrics", get("/metrics"), "200"}, RequestRow{"names", get("/actuator/metrics"), "200"},
        RequestRow{"one_name", get("/actuator/metrics/websocket.sessions.active"), "200"},
        RequestRow{"no_such_name", get("/actuator/metrics/jvm.memory.used"), "404"},
        RequestRow{"version", get("/version"), "200"}),
    [](const auto& row) { return row.param.name; });

TEST_F(FxRatesTest, during_a_drain_nobody_new_is_let_in_and_readiness_says_so) {
  state.draining = true;
  sessions.adopt(5);
  receive(5, upgrade_request());
  EXPECT_THAT(kernel[5].written, testing::StartsWith("HTTP/1.1 503"));
  sessions.adopt(6);
  receive(6, get("/readyz"));
  EXPECT_THAT(kernel[6].written, testing::StartsWith("HTTP/1.1 503"));
}

TEST_F(FxRatesTest, a_lost_broker_degrades_but_does_not_take_the_server_out) {
  feed_state.at_head = true;
  feed_state.broker_reachable = false;
  sessions.adopt(5);
  receive(5, get("/actuator/health"));
  EXPECT_THAT(kernel[5].written, testing::StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(kernel[5].written, HasSubstr(R"("kafka":{"status":"DOWN"})"));
  sessions.adopt(6);
  receive(6, get("/readyz"));
  EXPECT_THAT(kernel[6].written, HasSubstr("degraded"));
}

TEST_F(FxRatesTest, the_subprotocol_is_named_only_if_it_was_offered) {
  sessions.adopt(5);
  receive(5, upgrade_request(kPath, "Sec-WebSocket-Protocol: base64url.bearer.authorization.abc, wsfanout.v1\r\n"));
  EXPECT_THAT(kernel[5].written, HasSubstr("Sec-WebSocket-Protocol: wsfanout.v1\r\n"));
  EXPECT_THAT(kernel[5].written, testing::Not(HasSubstr("abc")));
}

}  // namespace
}  // namespace wsf::fanout
