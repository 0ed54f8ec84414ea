#include "kafka/producer.hpp"

#include "kafka/consumer.hpp"
#include "kafka/embedded_broker.hpp"
#include "recording_sink.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

namespace wsf::kafka {
namespace {

using namespace std::chrono_literals;

TEST(ProducerTest, reports_each_delivery_with_its_position_and_tag) {
  const EmbeddedBroker broker({"rates"}, 1);
  std::vector<Delivery> reports;
  Producer producer({.brokers = broker.brokers()}, "rates", [&](const Delivery& d) { reports.push_back(d); });
  ASSERT_EQ(producer.wait_ready(10s), Producer::Access::ready);
  for (std::uint64_t tag = 1; tag <= 3; tag++) {
    EXPECT_EQ(producer.send("EURUSD", "{}", {}, tag), Producer::Sent::queued);
  }
  ASSERT_TRUE(producer.flush(10s));
  ASSERT_EQ(reports.size(), 3u);
  for (std::size_t i = 0; i < 3; i++) {
    EXPECT_EQ(reports[i].tag, i + 1);
    EXPECT_EQ(reports[i].offset, static_cast<std::int64_t>(i));
    EXPECT_TRUE(reports[i].error.empty());
  }
  EXPECT_EQ(producer.delivered(), 3u);
  EXPECT_EQ(producer.failed(), 0u);
  EXPECT_EQ(producer.outstanding(), 0u);
}

TEST(ProducerTest, sends_at_once_when_it_is_ready) {
  const EmbeddedBroker broker({"rates"}, 1);
  Producer producer({.brokers = broker.brokers()}, "rates");
  ASSERT_EQ(producer.wait_ready(10s), Producer::Access::ready);
  const auto start = std::chrono::steady_clock::now();
  producer.send("EURUSD", "{}");
  ASSERT_TRUE(producer.flush(10s));
  EXPECT_LT(std::chrono::steady_clock::now() - start, 500ms);
}

TEST(ProducerTest, keeps_the_order_and_delivers_all_across_an_outage) {
  EmbeddedBroker broker({"rates"}, 1);
  std::vector<std::uint64_t> tags;
  Producer producer({.brokers = broker.brokers()}, "rates", [&](const Delivery& d) {
    EXPECT_TRUE(d.error.empty()) << d.error;
    tags.push_back(d.tag);
  });
  ASSERT_EQ(producer.wait_ready(10s), Producer::Access::ready);
  for (std::uint64_t tag = 1; tag <= 20; tag++) {
    if (tag == 10) broker.set_down();
    producer.send("EURUSD", "{}", {}, tag);
    producer.poll(1ms);
  }
  broker.set_up();
  ASSERT_TRUE(producer.flush(20s));
  EXPECT_EQ(tags.size(), 20u);
  EXPECT_TRUE(std::is_sorted(tags.begin(), tags.end()));
}

TEST(ProducerTest, a_key_always_goes_to_the_same_partition) {
  const EmbeddedBroker broker({"rates"}, 4);
  std::set<std::int32_t> partitions;
  Producer producer({.brokers = broker.brokers()}, "rates",
                    [&](const Delivery& d) { partitions.insert(d.partition); });
  for (int i = 0; i < 10; i++) producer.send("EURUSD", "{}");
  ASSERT_TRUE(producer.flush(10s));
  EXPECT_EQ(partitions.size(), 1u);
}

TEST(ProducerTest, a_given_partition_wins_over_the_key) {
  const EmbeddedBroker broker({"rates"}, 4);
  std::set<std::int32_t> partitions;
  Producer producer({.brokers = broker.brokers()}, "rates",
                    [&](const Delivery& d) { partitions.insert(d.partition); });
  for (std::int32_t partition = 0; partition < 4; partition++) producer.send("EURUSD", "{}", partition);
  ASSERT_TRUE(producer.flush(10s));
  EXPECT_EQ(partitions, (std::set<std::int32_t>{0, 1, 2, 3}));
}

TEST(ProducerTest, tells_that_no_broker_answers_within_its_time) {
  Producer producer({.brokers = "127.0.0.1:1"}, "rates");
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(producer.wait_ready(1s), Producer::Access::unreachable);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 3s);
  EXPECT_FALSE(producer.last_error().empty());
}

TEST(ProducerTest, counts_what_could_not_be_delivered) {
  Producer producer({.brokers = "127.0.0.1:1", .properties = {"message.timeout.ms=300"}}, "rates");
  producer.send("EURUSD", "{}");
  producer.flush(10s);
  EXPECT_EQ(producer.failed(), 1u);
  EXPECT_EQ(producer.delivered(), 0u);
}

TEST(ProducerTest, says_when_its_queue_is_full) {
  Producer producer({.brokers = "127.0.0.1:1", .properties = {"queue.buffering.max.messages=2"}}, "rates");
  EXPECT_EQ(producer.send("EURUSD", "{}"), Producer::Sent::queued);
  EXPECT_EQ(producer.send("EURUSD", "{}"), Producer::Sent::queued);
  EXPECT_EQ(producer.send("EURUSD", "{}"), Producer::Sent::full);
}

TEST(ProducerTest, ends_at_once_with_records_that_nobody_takes) {
  const auto start = std::chrono::steady_clock::now();
  {
    Producer producer({.brokers = "127.0.0.1:1"}, "rates");
    producer.send("EURUSD", "{}");
  }
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

TEST(ProducerTest, sends_to_several_topics_and_makes_those_that_are_not_there) {
  const EmbeddedBroker broker({"prices"}, 1);
  Producer producer({.brokers = broker.brokers()}, std::vector<std::string>{"prices", "pnl"});
  ASSERT_EQ(producer.wait_ready(10s), Producer::Access::ready);
  producer.send("BTC", "p");
  producer.send_to(1, "a", "q");
  ASSERT_TRUE(producer.flush(10s));
  RecordingSink sink;
  ConsumerOptions reading;
  reading.connection = {.brokers = broker.brokers(), .embedded = true};
  reading.topics = {"prices", "pnl"};
  const Consumer consumer(reading, sink);
  ASSERT_TRUE(sink.wait_for_records(2));
  std::map<std::string, std::string> read;
  for (const auto& record : sink.records()) read[record.topic] = record.key + record.value;
  EXPECT_EQ(read, (std::map<std::string, std::string>{{"pnl", "aq"}, {"prices", "BTCp"}}));
}

TEST(ProducerTest, is_not_ready_while_one_of_its_topics_is_missing) {
  EmbeddedBroker broker({"prices"}, 1);
  broker.set_missing("pnl", true);
  Producer producer({.brokers = broker.brokers()}, std::vector<std::string>{"prices", "pnl"});
  EXPECT_EQ(producer.wait_ready(10s), Producer::Access::no_topic);
}

}  // namespace
}  // namespace wsf::kafka
