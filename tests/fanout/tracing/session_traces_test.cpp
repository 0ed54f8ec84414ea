#include "fanout/tracing/session_traces.hpp"

#include "auth/grant.hpp"
#include "fanout/tracing/recorded_spans.hpp"

#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

struct SessionTracesTest : testing::Test {
  static ws::HttpRequest request(std::string_view flags) {
    ws::HttpRequest request;
    request.method = "GET";
    request.path = "/ws";
    request.query = "token=secret";
    request.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-" + std::string(flags);
    return request;
  }
  void connect(ws::Slot slot, std::string_view flags, bool admitted = true) {
    traces.arrive(request(flags));
    traces.answer(ws::Upgrade{}, nullptr);
    traces.opened(slot, admitted);
  }
  void subscribe(ws::Slot slot) { traces.subscribe(slot, "fx-rates", 2).accept(1); }

  RecordedSpans spans{0};
  SessionTraces traces{spans.tracer()};
};

TEST_F(SessionTracesTest, a_connection_and_its_subscriptions_are_of_one_trace) {
  connect(7, "01");
  subscribe(7);
  const auto recorded = spans.take();
  ASSERT_EQ(recorded.size(), 2u);
  EXPECT_EQ(recorded[0]["parentSpanId"], "00f067aa0ba902b7");
  EXPECT_EQ(attribute(recorded[0], "http.response.status_code"), "101");
  EXPECT_EQ(recorded[1]["parentSpanId"], recorded[0]["spanId"]);
  EXPECT_EQ(attribute(recorded[1], "wsfanout.keys"), "2");
  EXPECT_EQ(attribute(recorded[1], "wsfanout.keys_accepted"), "1");
}

TEST_F(SessionTracesTest, who_takes_the_slot_next_has_no_part_in_the_trace) {
  connect(7, "01");
  traces.closed(7);
  connect(7, "00");
  subscribe(7);
  EXPECT_EQ(spans.take().size(), 1u);
}

TEST_F(SessionTracesTest, a_refusal_ends_the_connection_and_is_a_failure_only_where_the_server_failed) {
  for (const int status : {401, 503}) {
    traces.arrive(request("01"));
    traces.answer(ws::plain_reply(status, ""), nullptr);
  }
  const auto recorded = spans.take();
  ASSERT_EQ(recorded.size(), 2u);
  EXPECT_TRUE(recorded[0]["status"].empty());
  EXPECT_EQ(recorded[1]["status"]["code"], 2);
}

TEST_F(SessionTracesTest, a_session_too_many_is_not_traced_on) {
  connect(7, "01", false);
  subscribe(7);
  const auto recorded = spans.take();
  ASSERT_EQ(recorded.size(), 1u);
  EXPECT_EQ(attribute(recorded[0], "error.type"), "too_many_sessions");
}

TEST_F(SessionTracesTest, the_user_is_named_and_the_query_is_not) {
  auth::Grant grant;
  grant.user = "ada";
  traces.arrive(request("01"));
  traces.answer(ws::Upgrade{}, &grant);
  traces.opened(7, true);
  const auto recorded = spans.take();
  EXPECT_EQ(attribute(recorded[0], "enduser.id"), "ada");
  EXPECT_EQ(recorded[0].dump().find("secret"), std::string::npos);
}

}  // namespace
}  // namespace wsf::fanout
