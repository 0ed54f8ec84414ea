#include "load/outcome.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using testing::HasSubstr;

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
  Outcome failing = good();
  failing.publisher->failed = 1;
  EXPECT_EQ(judged(failing, "p95<4ms").kind, Verdict::Kind::invalid);
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

TEST(VerdictText, gives_the_reason_when_void) {
  Outcome busy = good();
  busy.generator.busiest_thread_share = 0.93;
  const std::string text = verdict_text(busy, judge(busy, default_expectations()), false);
  EXPECT_TRUE(text.starts_with("VOID")) << text;
  EXPECT_THAT(text, HasSubstr("busiest thread used 93 %"));
}

TEST(VerdictText, an_interrupted_run_neither_passes_nor_fails) {
  Outcome part = good();
  part.interrupted = true;
  const std::string text = verdict_text(part, judge(part, default_expectations()), false);
  EXPECT_TRUE(text.starts_with("PART")) << text;
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
