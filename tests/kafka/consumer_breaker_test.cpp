// A consumer whose breaker is on.
#include "kafka/consumer.hpp"
#include "kafka/embedded_broker.hpp"
#include "kafka/producer.hpp"
#include "recording_sink.hpp"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <memory>

namespace wsf::kafka {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

ConsumerOptions options_for(const std::string& brokers, std::chrono::milliseconds open_for) {
  ConsumerOptions options;
  options.connection = {.brokers = brokers, .breaker = {.failures = 2, .open_for = open_for}, .embedded = true};
  options.topics = {"rates"};
  options.group = "test";
  options.look_every = 300ms;
  return options;
}

std::uint64_t came_to(const Consumer& consumer, BreakerState state) {
  return consumer.counters().breaker_transitions[static_cast<std::size_t>(state)];
}

struct ConsumerBreakerTest : ::testing::Test {
  void publish(const std::string& value) const {
    Producer producer({.brokers = broker.brokers()}, "rates");
    producer.send("EURUSD", value, 0);
    ASSERT_TRUE(producer.flush(15s));
  }

  EmbeddedBroker broker{{"rates"}, 1};
  RecordingSink sink;
};

TEST_F(ConsumerBreakerTest, opens_when_the_broker_dies_and_reads_on_where_it_stood_when_it_is_back) {
  const Consumer consumer(options_for(broker.brokers(), 300ms), sink);
  ASSERT_TRUE(sink.wait_for_head());
  publish("before");
  ASSERT_TRUE(sink.wait_for_records(1));
  EXPECT_EQ(consumer.counters().breaker, BreakerState::closed);
  broker.set_down();
  ASSERT_TRUE(becomes([&] { return came_to(consumer, BreakerState::open) >= 2; })) << "a trial fails too";
  EXPECT_FALSE(consumer.reachable());
  broker.set_up();
  ASSERT_TRUE(becomes([&] { return consumer.counters().breaker == BreakerState::closed; }));
  publish("after");
  ASSERT_TRUE(sink.wait_for_records(2));
  EXPECT_THAT(sink.values(), ElementsAre("before", "after"));
  EXPECT_TRUE(consumer.reachable());
  EXPECT_EQ(came_to(consumer, BreakerState::closed), 1u);
  EXPECT_EQ(came_to(consumer, BreakerState::half_open), came_to(consumer, BreakerState::open));
}

TEST_F(ConsumerBreakerTest, starts_without_a_broker_and_reads_when_a_trial_finds_it) {
  publish("old");
  broker.set_down();
  const Consumer consumer(options_for(broker.brokers(), 300ms), sink);
  ASSERT_TRUE(becomes([&] { return came_to(consumer, BreakerState::open) > 0; }));
  broker.set_up();
  ASSERT_TRUE(sink.wait_for_head());
  EXPECT_THAT(sink.values(), ElementsAre("old"));
}

TEST_F(ConsumerBreakerTest, ends_within_two_seconds_while_it_is_open) {
  auto consumer = std::make_unique<Consumer>(options_for(broker.brokers(), 1h), sink);
  ASSERT_TRUE(sink.wait_for_head());
  broker.set_down();
  ASSERT_TRUE(becomes([&] { return consumer->counters().breaker == BreakerState::open; }));
  const auto start = std::chrono::steady_clock::now();
  consumer.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start, 2s);
}

// Takes connections and hangs up: a cluster that is broken, not gone.
class BrokenCluster {
 public:
  BrokenCluster() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t bytes = sizeof address_;
    auto* const address = reinterpret_cast<sockaddr*>(&address_);
    EXPECT_EQ(::bind(fd_, address, bytes), 0);
    EXPECT_EQ(::listen(fd_, 64), 0);
    EXPECT_EQ(::getsockname(fd_, address, &bytes), 0);
  }
  ~BrokenCluster() { ::close(fd_); }
  BrokenCluster(const BrokenCluster&) = delete;
  BrokenCluster& operator=(const BrokenCluster&) = delete;

  std::string brokers() const { return "127.0.0.1:" + std::to_string(ntohs(address_.sin_port)); }
  // So many connected since the last call.
  int hang_up() {
    int count = 0;
    for (int peer = 0; (peer = ::accept(fd_, nullptr, nullptr)) >= 0; ++count) ::close(peer);
    return count;
  }

 private:
  int fd_;
  sockaddr_in address_{};
};

TEST(ConsumerBreaker, leaves_a_broken_cluster_alone_while_it_is_open) {
  BrokenCluster cluster;
  RecordingSink sink;
  const Consumer consumer(options_for(cluster.brokers(), 1s), sink);
  int before = 0;
  ASSERT_TRUE(becomes([&] {
    before += cluster.hang_up();
    return came_to(consumer, BreakerState::open) > 0;
  }));
  EXPECT_GT(before, 1);
  int during = 0;
  ASSERT_TRUE(becomes([&] {
    const int more = cluster.hang_up();
    const bool still_open = came_to(consumer, BreakerState::half_open) == 0;
    during += still_open ? more : 0;
    return !still_open;
  }));
  EXPECT_LE(during, 1) << "one may have been under way";
  EXPECT_TRUE(becomes([&] { return cluster.hang_up() > 0; })) << "a trial connects";
}

}  // namespace
}  // namespace wsf::kafka
