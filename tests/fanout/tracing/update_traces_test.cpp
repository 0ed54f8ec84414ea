#include "fanout/tracing/update_traces.hpp"

#include "fanout/feeds/new_batch.hpp"
#include "fanout/tracing/feed_traces.hpp"
#include "fanout/tracing/recorded_spans.hpp"

#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

constexpr std::string_view kSampled = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

struct UpdateTracesTest : testing::Test {
  // A batch of one update that the feed has received.
  void receive(FeedTraces& feed, std::string_view traceparent, bool silent = false) {
    batch = new_batch();
    hub::Update& update = batch->updates.emplace_back();
    update.position = {2, 77, 0};
    update.silent = silent;
    feed.receive(*batch, update, "rates", traceparent);
    feed.posted();
  }

  RecordedSpans spans{0};
  std::shared_ptr<hub::UpdateBatch> batch;
};

TEST_F(UpdateTracesTest, one_that_is_not_sampled_carries_nothing) {
  FeedTraces feed(spans.tracer(), "kafka");
  receive(feed, "");
  EXPECT_EQ(batch->updates[0].trace, nullptr);
  EXPECT_FALSE(batch->traced);
  EXPECT_TRUE(spans.take().empty());
}

TEST_F(UpdateTracesTest, without_a_tracer_nobodys_word_counts) {
  FeedTraces feed(nullptr, "kafka");
  receive(feed, kSampled);
  EXPECT_EQ(batch->updates[0].trace, nullptr);
}

TEST_F(UpdateTracesTest, history_is_not_traced) {
  FeedTraces feed(spans.tracer(), "kafka");
  receive(feed, kSampled, true);
  EXPECT_EQ(batch->updates[0].trace, nullptr);
}

TEST_F(UpdateTracesTest, the_trace_of_a_record_goes_on_to_its_writes) {
  FeedTraces feed(spans.tracer(), "kafka");
  UpdateTraces shard(spans.tracer());
  receive(feed, kSampled);
  ASSERT_TRUE(batch->traced);
  stats::Counter sent;
  sent.add(5);
  shard.taken();
  shard.around(batch->updates[0], sent, [&] { sent.add(3); });
  shard.flushed();
  const auto recorded = spans.take();
  ASSERT_EQ(recorded.size(), 3u);
  EXPECT_EQ(recorded[0]["name"], "receive");
  EXPECT_EQ(recorded[0]["parentSpanId"], "00f067aa0ba902b7");
  EXPECT_EQ(attribute(recorded[0], "messaging.kafka.offset"), "77");
  EXPECT_EQ(attribute(recorded[0], "messaging.destination.partition.id"), "2");
  EXPECT_EQ(recorded[1]["name"], "fan out");
  EXPECT_EQ(recorded[1]["parentSpanId"], recorded[0]["spanId"]);
  EXPECT_EQ(attribute(recorded[1], "wsfanout.recipients"), "3");
  EXPECT_EQ(recorded[2]["name"], "write");
  EXPECT_EQ(recorded[2]["parentSpanId"], recorded[1]["spanId"]);
  for (const auto& span : recorded) EXPECT_EQ(span["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736");
}

TEST_F(UpdateTracesTest, what_nobody_gets_is_not_written) {
  FeedTraces feed(spans.tracer(), "kafka");
  UpdateTraces shard(spans.tracer());
  receive(feed, kSampled);
  const stats::Counter sent;
  shard.taken();
  shard.around(batch->updates[0], sent, [] {});
  shard.flushed();
  EXPECT_EQ(spans.take().back()["name"], "fan out");
}

}  // namespace
}  // namespace wsf::fanout
