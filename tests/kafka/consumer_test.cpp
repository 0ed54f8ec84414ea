#include "kafka/consumer.hpp"

#include "kafka/embedded_broker.hpp"
#include "kafka/producer.hpp"
#include "recording_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <thread>

namespace wsf::kafka {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

ConsumerOptions options_for(const std::string& brokers) {
  ConsumerOptions options;
  options.connection = {.brokers = brokers, .embedded = true};
  options.topics = {"rates"};
  options.group = "test";
  options.look_every = 300ms;
  return options;
}

struct ConsumerTest : ::testing::Test {
  void publish(const std::vector<std::string>& values, std::int32_t partition = 0) {
    Producer producer({.brokers = broker.brokers()}, "rates");
    for (const auto& value : values) producer.send("EURUSD", value, partition);
    ASSERT_TRUE(producer.flush(15s));
    ASSERT_EQ(producer.delivered(), values.size());
  }

  static bool lag_becomes(const Consumer& consumer, std::int64_t lag) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (consumer.progress()[0].lag() != lag && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::yield();
    }
    return consumer.progress()[0].lag() == lag;
  }

  EmbeddedBroker broker{{"rates"}, 2};
  RecordingSink sink;
};

TEST_F(ConsumerTest, reads_the_tail_as_history_then_tells_the_head_then_news) {
  publish({"a", "b", "c"});
  auto options = options_for(broker.brokers());
  options.tail_records_per_partition = 2;
  const Consumer consumer(options, sink);
  ASSERT_TRUE(sink.wait_for_head());
  EXPECT_EQ(sink.records_at_head(), 2u);
  EXPECT_TRUE(consumer.at_head());
  publish({"d"});
  ASSERT_TRUE(sink.wait_for_records(3));
  EXPECT_THAT(sink.values(), ElementsAre("b", "c", "d"));
  EXPECT_TRUE(sink.records()[1].history);
  EXPECT_FALSE(sink.records()[2].history);
}

TEST_F(ConsumerTest, tells_the_head_of_an_empty_topic) {
  const Consumer consumer(options_for(broker.brokers()), sink);
  EXPECT_TRUE(sink.wait_for_head());
  EXPECT_TRUE(consumer.reachable());
}

TEST_F(ConsumerTest, reads_every_partition_whoever_else_reads_them) {
  RecordingSink other_sink;
  const Consumer one(options_for(broker.brokers()), sink);
  const Consumer other(options_for(broker.brokers()), other_sink);
  ASSERT_TRUE(sink.wait_for_head());
  ASSERT_TRUE(other_sink.wait_for_head());
  publish({"a"}, 0);
  publish({"b"}, 1);
  EXPECT_TRUE(sink.wait_for_records(2));
  EXPECT_TRUE(other_sink.wait_for_records(2));
}

TEST_F(ConsumerTest, passes_keys_and_null_values_as_they_are) {
  const Consumer consumer(options_for(broker.brokers()), sink);
  Producer producer({.brokers = broker.brokers()}, "rates");
  producer.send("EURUSD", std::nullopt, 0);
  producer.send(std::nullopt, "x", 0);
  producer.send("", "", 0);
  ASSERT_TRUE(producer.flush(10s));
  ASSERT_TRUE(sink.wait_for_records(3));
  const auto records = sink.records();
  EXPECT_EQ(records[0].key, "EURUSD");
  EXPECT_TRUE(records[0].tombstone);
  EXPECT_FALSE(records[1].has_key);
  EXPECT_FALSE(records[1].tombstone);
  EXPECT_TRUE(records[2].has_key);
  EXPECT_FALSE(records[2].tombstone);
}

TEST_F(ConsumerTest, counts_and_tells_its_positions) {
  publish({"aaaa", "bbbb"});
  const Consumer consumer(options_for(broker.brokers()), sink);
  ASSERT_TRUE(sink.wait_for_head());
  publish({"cccc"});
  ASSERT_TRUE(sink.wait_for_records(3));
  const auto progress = consumer.progress();
  ASSERT_EQ(progress.size(), 2u);
  EXPECT_EQ(progress[0].position, 3);
  EXPECT_EQ(progress[0].high_watermark, 3);
  EXPECT_EQ(consumer.counters().bytes, 3u * (4 + 6));
}

TEST_F(ConsumerTest, tells_how_far_behind_it_is_while_its_sink_holds_it_up) {
  const Consumer consumer(options_for(broker.brokers()), sink);
  ASSERT_TRUE(sink.wait_for_head());
  sink.hold_up(true);
  publish({"a"});
  ASSERT_TRUE(sink.wait_for_reader());
  publish({"b", "c"});
  EXPECT_TRUE(lag_becomes(consumer, 2));
  sink.hold_up(false);
  ASSERT_TRUE(sink.wait_for_records(3));
  EXPECT_TRUE(lag_becomes(consumer, 0));
}

TEST_F(ConsumerTest, tells_when_the_broker_goes_and_comes_and_loses_nothing) {
  const Consumer consumer(options_for(broker.brokers()), sink);
  ASSERT_TRUE(sink.wait_for_head());
  publish({"before"});
  ASSERT_TRUE(sink.wait_for_records(1));
  broker.set_down();
  ASSERT_TRUE(sink.wait_for_broker({true, false}));
  EXPECT_FALSE(consumer.reachable());
  broker.set_up();
  ASSERT_TRUE(sink.wait_for_broker({true, false, true}));
  publish({"after"});
  ASSERT_TRUE(sink.wait_for_records(2));
  EXPECT_THAT(sink.values(), ElementsAre("before", "after"));
  EXPECT_FALSE(sink.records()[1].history);
  EXPECT_EQ(sink.heads(), 1);
}

TEST_F(ConsumerTest, starts_without_a_broker_and_reads_when_it_comes) {
  publish({"old"});
  broker.set_down();
  const Consumer consumer(options_for(broker.brokers()), sink);
  EXPECT_FALSE(consumer.reachable());
  broker.set_up();
  ASSERT_TRUE(sink.wait_for_head());
  EXPECT_THAT(sink.values(), ElementsAre("old"));
  EXPECT_TRUE(sink.records()[0].history);
}

TEST_F(ConsumerTest, waits_for_a_topic_and_takes_what_comes_with_it_as_news) {
  auto options = options_for(broker.brokers());
  options.topics = {"later"};
  broker.set_missing("later", true);
  const Consumer consumer(options, sink);
  ASSERT_TRUE(sink.wait_for_broker({true}));
  EXPECT_FALSE(consumer.at_head());
  broker.set_missing("later", false);
  Producer producer({.brokers = broker.brokers()}, "later");
  producer.send("EURUSD", "first");
  ASSERT_TRUE(producer.flush(10s));
  ASSERT_TRUE(sink.wait_for_head());
  ASSERT_TRUE(sink.wait_for_records(1));
  EXPECT_FALSE(sink.records()[0].history);
}

// Holds the consumer's thread inside its first call until it is let go.
struct HeldSink : RecordingSink {
  std::promise<void> entered, let_go;
  bool held = false;
  void on_records(std::span<const Record> records) override {
    if (!std::exchange(held, true)) {
      entered.set_value();
      let_go.get_future().wait();
    }
    RecordingSink::on_records(records);
  }
};

TEST_F(ConsumerTest, goes_to_the_earliest_record_when_its_position_was_deleted) {
  publish({"first"});
  HeldSink held;
  auto options = options_for(broker.brokers());
  options.connection.properties = {"queued.min.messages=1", "queued.max.messages.kbytes=1"};
  const Consumer consumer(options, held);
  held.entered.get_future().wait();
  // The embedded broker keeps 5 MiB a partition: what was not fetched by then is gone.
  const std::string large(900'000, 'x');
  for (int i = 0; i < 12; i++) publish({large});
  publish({"last"});
  held.let_go.set_value();
  ASSERT_TRUE(held.wait_for_value("last"));
  EXPECT_EQ(held.records().front().value, "first");
  EXPECT_LT(held.records().size(), 14u);
  EXPECT_EQ(consumer.counters().resets, 1u);
  ASSERT_EQ(held.losses().size(), 1u);
  const Loss loss = held.losses()[0];
  const auto records = held.records();
  const auto after = std::ranges::find(records, loss.next, &RecordingSink::Kept::offset);
  ASSERT_NE(after, records.end());
  EXPECT_EQ(std::prev(after)->offset + 1, loss.first);
}

TEST_F(ConsumerTest, hands_a_burst_on_in_order_and_whole) {
  const Consumer consumer(options_for(broker.brokers()), sink);
  ASSERT_TRUE(sink.wait_for_head());
  std::vector<std::string> burst;
  for (int i = 0; i < 5000; i++) burst.push_back(std::to_string(i));
  publish(burst);
  ASSERT_TRUE(sink.wait_for_records(burst.size()));
  EXPECT_EQ(sink.values(), burst);
}

TEST_F(ConsumerTest, ends_within_two_seconds_with_and_without_a_broker) {
  const auto time_to_end = [this] {
    auto consumer = std::make_unique<Consumer>(options_for(broker.brokers()), sink);
    const auto start = std::chrono::steady_clock::now();
    consumer.reset();
    return std::chrono::steady_clock::now() - start;
  };
  EXPECT_LT(time_to_end(), 2s);
  broker.set_down();
  EXPECT_LT(time_to_end(), 2s);
}

TEST_F(ConsumerTest, ends_within_two_seconds_when_the_broker_died_under_it) {
  auto consumer = std::make_unique<Consumer>(options_for(broker.brokers()), sink);
  ASSERT_TRUE(sink.wait_for_head());
  publish({"a"});
  ASSERT_TRUE(sink.wait_for_records(1));
  broker.set_down();
  const auto start = std::chrono::steady_clock::now();
  consumer.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

}  // namespace
}  // namespace wsf::kafka
