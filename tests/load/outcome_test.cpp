#include "load/outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>

namespace wsf::load {
namespace {

using testing::HasSubstr;
using testing::Not;

Outcome good() {
  Outcome out;
  out.run_s = 10;
  out.connections.wanted = out.connections.subscribed = 100;
  out.delivery.expected = out.delivery.received = 1000;
  out.delivery.latency = {1, 2, 3, 4, 5, 1000};
  out.publisher.emplace();
  out.publisher->window_events = out.publisher->confirmed = 10;
  return out;
}

Verdict judged(const Outcome& outcome, const char* expectation) {
  return judge(outcome, {parse_expectation(expectation).value()});
}

TEST(Verdict, passes_when_all_expectations_are_met) {
  EXPECT_EQ(judged(good(), "p95<4ms").kind, Verdict::Kind::pass);
  EXPECT_EQ(judge(good(), default_expectations()).kind, Verdict::Kind::pass);
}

TEST(Verdict, fails_when_somebody_got_what_was_for_others) {
  Outcome leaky = good();
  leaky.protocol = "notify";
  leaky.delivery.counts.unexpected = 1;
  const Verdict verdict = judge(leaky, default_expectations());
  EXPECT_EQ(verdict.kind, Verdict::Kind::fail);
  EXPECT_THAT(verdict_text(leaky, verdict, false), HasSubstr("1 of another user"));
  EXPECT_EQ(judged(leaky, "unexpected<=1").kind, Verdict::Kind::pass);
}

TEST(Verdict, fails_when_one_is_missed) {
  EXPECT_EQ(judged(good(), "p95<3ms").kind, Verdict::Kind::fail);
  Outcome lossy = good();
  lossy.delivery.received = 999;
  EXPECT_EQ(judge(lossy, default_expectations()).kind, Verdict::Kind::fail);
}

TEST(Verdict, what_was_not_measured_is_missed) {
  EXPECT_EQ(judged(good(), "rss<100").kind, Verdict::Kind::fail);
  Outcome silent = good();
  silent.delivery.latency = {};
  EXPECT_EQ(judged(silent, "p95<100ms").kind, Verdict::Kind::fail);
}

TEST(Verdict, is_void_when_the_generator_was_the_bottleneck) {
  Outcome busy = good();
  busy.generator.busiest_thread_share = 0.81;
  EXPECT_EQ(judged(busy, "p95<4ms").kind, Verdict::Kind::invalid);
  Outcome late = good();
  late.publisher->lateness.p99_ms = 20.1;
  EXPECT_EQ(judged(late, "p95<4ms").kind, Verdict::Kind::invalid);
  late.publisher->max_lateness_ms = 21;
  EXPECT_EQ(judged(late, "p95<4ms").kind, Verdict::Kind::pass);
  Outcome failing = good();
  failing.publisher->failed = 1;
  EXPECT_EQ(judged(failing, "p95<4ms").kind, Verdict::Kind::invalid);
}

TEST(Verdict, fails_when_the_server_closed_connections) {
  Outcome dead = good();
  dead.connections.closed = 1;
  dead.publisher->failed = 46;
  dead.publisher->lateness.p99_ms = 100;
  EXPECT_EQ(judge(dead, default_expectations()).kind, Verdict::Kind::fail);
  dead.delivery.expected = dead.delivery.received = 0;
  EXPECT_EQ(judge(dead, default_expectations()).kind, Verdict::Kind::fail);
}

TEST(Verdict, is_void_when_the_server_closed_what_a_busy_generator_did_not_read) {
  Outcome busy = good();
  busy.connections.closed = 1;
  busy.generator.busiest_thread_share = 0.81;
  EXPECT_EQ(judge(busy, default_expectations()).kind, Verdict::Kind::invalid);
}

TEST(Verdict, a_window_that_the_server_ended_at_once_tells_nothing_of_the_generator) {
  Outcome dead = good();
  dead.connections.closed = 1;
  dead.generator.busiest_thread_share = 0.9;
  dead.ended_by_server = true;
  dead.window_s = 0.02;
  EXPECT_EQ(judge(dead, default_expectations()).kind, Verdict::Kind::fail);
  dead.window_s = 2;
  EXPECT_EQ(judge(dead, default_expectations()).kind, Verdict::Kind::invalid);
}

TEST(Verdict, closed_connections_may_be_allowed) {
  Outcome some = good();
  some.connections.closed = 3;
  EXPECT_EQ(judged(some, "closed<=3").kind, Verdict::Kind::pass);
  EXPECT_EQ(judged(some, "closed<3").kind, Verdict::Kind::fail);
  some.publisher->failed = 1;
  EXPECT_EQ(judged(some, "closed<=3").kind, Verdict::Kind::invalid);
}

TEST(Verdict, a_threshold_over_no_sample_is_missed) {
  Outcome empty;
  empty.server.emplace();
  for (const char* text : {"p95<1s", "connect_max<1s", "connect_p50<1s", "reach>=0%", "lost==0", "duplicates==0",
                           "closed==0", "rss<100"}) {
    EXPECT_FALSE(judged(empty, text).checks.front().met) << text;
  }
  empty.server->gone = true;
  EXPECT_FALSE(judged(empty, "cpu<50").checks.front().met);
}

TEST(Verdict, is_void_when_nothing_was_measured) {
  Outcome nothing = good();
  nothing.delivery.expected = nothing.delivery.received = 0;
  EXPECT_EQ(judge(nothing, default_expectations()).kind, Verdict::Kind::invalid);
}

TEST(VerdictText, says_what_was_expected_beside_what_was_measured) {
  Outcome lossy = good();
  lossy.delivery.received = 990;
  lossy.delivery.short_connections = 2;
  const std::string text = verdict_text(lossy, judge(lossy, default_expectations()), false);
  EXPECT_TRUE(text.starts_with("FAIL   reach      990 of 1,000")) << text;
  EXPECT_THAT(text, HasSubstr("reach>=100% missed (99 %)"));
  EXPECT_THAT(text, HasSubstr("2 connections got too few"));
  EXPECT_THAT(text, HasSubstr("p50 1.0 · p95 3.0 · p99 4.0 · max 5.0 ms"));
}

TEST(VerdictText, names_what_died) {
  Outcome dead = good();
  dead.ended_by_server = true;
  dead.connections.closed = 20;
  dead.connections.close_code = 1006;
  dead.publisher->failed = 46;
  dead.publisher->last_error = "Connection refused";
  dead.server.emplace();
  dead.server->pid = 1234;
  dead.server->gone = true;
  const std::string text = verdict_text(dead, judge(dead, default_expectations()), false);
  EXPECT_TRUE(text.starts_with("FAIL")) << text;
  EXPECT_THAT(text, HasSubstr("closed     20 connections, 1006"));
  EXPECT_THAT(text, HasSubstr("closed==0 missed (20)"));
  EXPECT_THAT(text, HasSubstr("process 1234 has ended"));
  EXPECT_THAT(text, HasSubstr("kafka      46 not confirmed: Connection refused"));
  EXPECT_THAT(text, HasSubstr("no connection was left after"));
}

TEST(VerdictText, shows_no_figure_where_there_was_no_sample) {
  Outcome empty;
  const std::string text = verdict_text(empty, judge(empty, {}), false);
  EXPECT_THAT(text, HasSubstr("latency    p50 - · p95 - · p99 - · max - ms"));
  EXPECT_THAT(text, HasSubstr("connect    0 in 0.0 s · p50 - · p99 - · max - ms"));
}

// The characters of the longest line.
std::ptrdiff_t widest(const std::string& text) {
  std::istringstream lines(text);
  std::ptrdiff_t out = 0;
  for (std::string line; std::getline(lines, line);) {
    out = std::max(out, std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; }));
  }
  return out;
}

TEST(VerdictText, no_line_is_wider_than_80_columns) {
  Outcome bad = good();
  bad.delivery.expected = 1'200'000;
  bad.delivery.short_connections = bad.delivery.worst_missing = 123'456;
  bad.connections.connect = {1000, 2000, 3000, 4000, 5000, 1000};
  bad.connections.failed = bad.connections.closed = 10'000;
  bad.connections.first_failure = std::string(200, 'x') + " and this, too";
  bad.generator.busiest_thread_share = 0.93;
  std::vector<Expectation> wanted = default_expectations();
  for (const char* text : {"p50<1us", "p95<10ms", "p99<1us", "connect_p99<1s", "connect_max<1s", "duplicates>0"}) {
    wanted.push_back(parse_expectation(text).value());
  }
  const std::string text = verdict_text(bad, judge(bad, wanted), false);
  EXPECT_LE(widest(text), 80) << text;
  EXPECT_THAT(text, HasSubstr("reach>=100% missed (0.0833 %)"));
  EXPECT_THAT(text, Not(HasSubstr(" \n")));
}

TEST(VerdictText, a_check_stands_beside_its_row_where_there_is_room) {
  const std::string text = verdict_text(good(), judge(good(), default_expectations()), false);
  EXPECT_THAT(text, HasSubstr("1,000 of 1,000                    reach>=100% ok, lost==0 ok\n"));
}

TEST(VerdictText, gives_the_reason_when_void) {
  Outcome busy = good();
  busy.generator.busiest_thread_share = 0.93;
  const std::string text = verdict_text(busy, judge(busy, default_expectations()), false);
  EXPECT_TRUE(text.starts_with("VOID")) << text;
  EXPECT_THAT(text, HasSubstr("busiest thread used 93 %"));
}

TEST(VerdictText, tells_of_messages_that_lay_unread_for_most_of_the_latency) {
  Outcome lagging = good();
  lagging.delivery.latency.p95_ms = 90;
  lagging.generator.read_wait.count = 1000;
  lagging.generator.read_wait.p95_ms = 44;
  EXPECT_THAT(verdict_text(lagging, judge(lagging, {}), false), HasSubstr("not the bottleneck"));
  lagging.generator.read_wait.p95_ms = 46;
  const std::string text = verdict_text(lagging, judge(lagging, {}), false);
  EXPECT_THAT(text, HasSubstr("messages lay unread for 46"));
  EXPECT_LE(widest(text), 80) << text;
  EXPECT_TRUE(text.starts_with("PASS")) << text;
}

TEST(VerdictText, an_interrupted_run_neither_passes_nor_fails) {
  Outcome part = good();
  part.interrupted = true;
  const std::string text = verdict_text(part, judge(part, default_expectations()), false);
  EXPECT_TRUE(text.starts_with("PART")) << text;
}

TEST(Verdict, a_verified_run_needs_whole_chains) {
  Outcome outcome = good();
  outcome.chains.emplace().links = 10;
  EXPECT_EQ(judge(outcome, {}).kind, Verdict::Kind::pass);
  outcome.chains->breaks = 1;
  EXPECT_EQ(judge(outcome, {}).kind, Verdict::Kind::fail);
  EXPECT_EQ(judged(outcome, "breaks<=1").kind, Verdict::Kind::pass);
  outcome.chains = ChainCounts{};
  outcome.chains->without_meta = 10;
  EXPECT_EQ(judge(outcome, {}).kind, Verdict::Kind::fail);
}

TEST(Verdict, a_storm_is_over_when_the_last_is_back) {
  Outcome outcome = good();
  outcome.storm.emplace().back_s = 1.5;
  EXPECT_EQ(judged(outcome, "storm<2s").kind, Verdict::Kind::pass);
  outcome.storm->back_s.reset();
  EXPECT_EQ(judged(outcome, "storm<2s").kind, Verdict::Kind::fail);
}

TEST(VerdictJson, holds_null_where_there_was_no_sample) {
  Outcome empty;
  empty.publisher.emplace();
  const std::string json = verdict_json(empty, judge(empty, default_expectations()));
  EXPECT_THAT(json, Not(HasSubstr("_ms\": 0")));
  EXPECT_THAT(json, HasSubstr(R"("p95_ms": null)"));
  EXPECT_THAT(json, HasSubstr(R"("reach_percent": null)"));
  EXPECT_THAT(json, HasSubstr(R"("chains": null)"));
}

TEST(VerdictJson, holds_texts_from_the_network_safely) {
  Outcome odd = good();
  odd.connections.first_failure = "bad \xff\"bytes\n";
  const std::string json = verdict_json(odd, judge(odd, default_expectations()));
  EXPECT_THAT(json, HasSubstr(R"("verdict": "PASS")"));
  EXPECT_THAT(json, HasSubstr(R"(\"bytes\n)"));
}

}  // namespace
}  // namespace wsf::load
