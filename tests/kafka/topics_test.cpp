// A consumer of several topics. What holds for each of them by itself is in consumer_test.cpp.
#include "kafka/consumer.hpp"
#include "kafka/embedded_broker.hpp"
#include "kafka/producer.hpp"
#include "recording_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>

namespace wsf::kafka {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

struct TopicsTest : ::testing::Test {
  ConsumerOptions reading(const std::vector<std::string>& topics) const {
    ConsumerOptions options;
    options.connection = {.brokers = broker.brokers(), .embedded = true};
    options.topics = topics;
    options.group = "test";
    options.look_every = 300ms;
    options.commit_every = 100ms;
    return options;
  }

  void publish(const std::string& topic, const std::vector<std::string>& values, std::int32_t partition = 0) const {
    Producer producer({.brokers = broker.brokers()}, topic);
    for (const auto& value : values) producer.send("key", value, partition);
    ASSERT_TRUE(producer.flush(15s));
    ASSERT_EQ(producer.delivered(), values.size());
  }

  // "topic=value", in the order in which they came.
  std::vector<std::string> read() const {
    std::vector<std::string> out;
    for (const auto& record : sink.records()) out.push_back(record.topic + "=" + record.value);
    return out;
  }

  static bool becomes(const std::function<bool()>& condition) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    return condition();
  }

  static std::vector<std::string> topics_of(const std::vector<PartitionProgress>& progress) {
    std::vector<std::string> out;
    for (const auto& one : progress) out.push_back(one.topic + ":" + std::to_string(one.partition));
    return out;
  }

  EmbeddedBroker broker{{"trading.pnl", "trading.rules", "market-data.prices", "other"}, 2};
  RecordingSink sink;
};

TEST_F(TopicsTest, reads_topics_by_name_and_says_of_which_a_record_is) {
  publish("trading.pnl", {"a"});
  publish("other", {"b"});
  const Consumer consumer(reading({"trading.pnl", "other"}), sink);
  ASSERT_TRUE(sink.wait_for_head());
  EXPECT_THAT(read(), UnorderedElementsAre("trading.pnl=a", "other=b"));
  publish("other", {"c"});
  publish("trading.rules", {"not chosen"});
  publish("trading.pnl", {"d"});
  ASSERT_TRUE(sink.wait_for_records(4));
  EXPECT_THAT(read(), UnorderedElementsAre("trading.pnl=a", "other=b", "other=c", "trading.pnl=d"));
}

TEST_F(TopicsTest, reads_what_expressions_find_the_past_as_history) {
  publish("trading.rules", {"old"});
  publish("market-data.prices", {"old"}, 1);
  publish("other", {"old"});
  const Consumer consumer(reading({R"(^market-data\..*)", R"(^trading\..*)"}), sink);
  ASSERT_TRUE(sink.wait_for_head());
  EXPECT_THAT(read(), UnorderedElementsAre("trading.rules=old", "market-data.prices=old"));
  EXPECT_TRUE(std::ranges::all_of(sink.records(), &RecordingSink::Kept::history));
  publish("trading.pnl", {"new"});
  ASSERT_TRUE(sink.wait_for_records(3));
  EXPECT_EQ(read().back(), "trading.pnl=new");
  EXPECT_FALSE(sink.records().back().history);
}

TEST_F(TopicsTest, a_topic_both_named_and_found_is_read_once) {
  publish("trading.pnl", {"a"});
  const Consumer consumer(reading({"trading.pnl", R"(^trading\.)"}), sink);
  ASSERT_TRUE(sink.wait_for_head());
  publish("trading.rules", {"b"});
  ASSERT_TRUE(sink.wait_for_records(2));
  EXPECT_THAT(read(), ElementsAre("trading.pnl=a", "trading.rules=b"));
}

TEST_F(TopicsTest, a_topic_that_comes_later_is_read_from_its_start_as_news) {
  auto options = reading({R"(^trading\..*)"});
  options.tail_records_per_partition = 1;
  const Consumer consumer(options, sink);
  ASSERT_TRUE(sink.wait_for_head());
  broker.create_topic("trading.violations", 1);
  publish("trading.violations", {"first", "second", "third"});
  ASSERT_TRUE(sink.wait_for_records(3));
  EXPECT_THAT(read(),
              ElementsAre("trading.violations=first", "trading.violations=second", "trading.violations=third"));
  EXPECT_TRUE(std::ranges::none_of(sink.records(), &RecordingSink::Kept::history));
  EXPECT_EQ(sink.heads(), 1);
}

TEST_F(TopicsTest, is_at_the_head_at_once_when_nothing_matches_yet) {
  const Consumer consumer(reading({"^later"}), sink);
  ASSERT_TRUE(sink.wait_for_head());
  EXPECT_TRUE(consumer.reachable());
  EXPECT_TRUE(consumer.progress().empty());
  broker.create_topic("later", 1);
  publish("later", {"first"});
  ASSERT_TRUE(sink.wait_for_records(1));
  EXPECT_FALSE(sink.records()[0].history);
}

TEST_F(TopicsTest, a_named_topic_is_waited_for_before_the_head_is_told) {
  broker.set_missing("named", true);
  const Consumer consumer(reading({"named", R"(^trading\..*)"}), sink);
  publish("trading.pnl", {"a"});
  ASSERT_TRUE(sink.wait_for_records(1));
  EXPECT_EQ(sink.heads(), 0);
  broker.set_missing("named", false);
  EXPECT_TRUE(sink.wait_for_head());
}

TEST_F(TopicsTest, a_topic_that_goes_and_comes_back_is_read_on) {
  const Consumer consumer(reading({R"(^trading\..*)"}), sink);
  ASSERT_TRUE(sink.wait_for_head());
  publish("trading.pnl", {"a"});
  ASSERT_TRUE(sink.wait_for_records(1));
  broker.set_missing("trading.pnl", true);
  ASSERT_TRUE(becomes([&] { return consumer.progress().size() == 2; }));
  publish("trading.rules", {"b"});
  ASSERT_TRUE(sink.wait_for_records(2));
  broker.set_missing("trading.pnl", false);
  publish("trading.pnl", {"c"});
  ASSERT_TRUE(sink.wait_for_records(3));
  EXPECT_THAT(read(), ElementsAre("trading.pnl=a", "trading.rules=b", "trading.pnl=c"));
  EXPECT_EQ(consumer.counters().duplicates, 0u);
}

TEST_F(TopicsTest, tells_its_positions_and_the_ends_by_topic) {
  publish("trading.pnl", {"a", "b"}, 1);
  publish("trading.rules", {"c"});
  const Consumer consumer(reading({R"(^trading\..*)"}), sink);
  ASSERT_TRUE(sink.wait_for_head());
  const auto progress = consumer.progress();
  ASSERT_THAT(topics_of(progress),
              ElementsAre("trading.pnl:0", "trading.pnl:1", "trading.rules:0", "trading.rules:1"));
  EXPECT_EQ(progress[0].position, 0);
  EXPECT_EQ(progress[1].position, 2);
  EXPECT_EQ(progress[1].high_watermark, 2);
  EXPECT_EQ(progress[2].position, 1);
}

TEST_F(TopicsTest, tells_how_far_behind_it_is_in_the_topic_concerned) {
  const Consumer consumer(reading({R"(^trading\..*)"}), sink);
  ASSERT_TRUE(sink.wait_for_head());
  sink.hold_up(true);
  publish("trading.pnl", {"a"});
  ASSERT_TRUE(sink.wait_for_reader());
  publish("trading.rules", {"b", "c"}, 1);
  EXPECT_TRUE(becomes([&] { return consumer.progress()[3].lag() == 2; }));
  EXPECT_EQ(consumer.progress()[2].lag(), 0);
  sink.hold_up(false);
  EXPECT_TRUE(sink.wait_for_records(3));
}

TEST_F(TopicsTest, loses_nothing_of_any_topic_when_the_broker_goes_and_comes) {
  const Consumer consumer(reading({R"(^trading\..*)"}), sink);
  ASSERT_TRUE(sink.wait_for_head());
  publish("trading.pnl", {"a"});
  ASSERT_TRUE(sink.wait_for_records(1));
  broker.set_down();
  ASSERT_TRUE(sink.wait_for_broker({true, false}));
  broker.set_up();
  ASSERT_TRUE(sink.wait_for_broker({true, false, true}));
  publish("trading.rules", {"b"});
  publish("trading.pnl", {"c"});
  ASSERT_TRUE(sink.wait_for_records(3));
  EXPECT_THAT(read(), UnorderedElementsAre("trading.pnl=a", "trading.rules=b", "trading.pnl=c"));
}

TEST_F(TopicsTest, ends_within_two_seconds_when_the_broker_died_under_it) {
  auto consumer = std::make_unique<Consumer>(reading({R"(^trading\..*)"}), sink);
  ASSERT_TRUE(sink.wait_for_head());
  broker.set_down();
  const auto start = std::chrono::steady_clock::now();
  consumer.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

}  // namespace
}  // namespace wsf::kafka
