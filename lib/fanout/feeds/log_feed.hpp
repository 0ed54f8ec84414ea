#pragma once
// What a service that reads Kafka has of it: the consumer, from start() to stop(), and how the feed fares.

#include "fanout/feeds/feed_state.hpp"
#include "fanout/server_state.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace wsf::kafka {
class Consumer;
class RecordSink;
struct ConsumerOptions;
}  // namespace wsf::kafka

namespace wsf::fanout {

class LogFeed {
 public:
  explicit LogFeed(std::string topics);
  ~LogFeed();

  // Without a broker in the options it says so, and nothing comes. The sink must outlive stop().
  void start(const kafka::ConsumerOptions& options, kafka::RecordSink& sink);
  void stop();

  FeedState& state() { return state_; }
  const FeedState& state() const { return state_; }

  // Any thread.
  Readiness readiness() const {
    if (!state_.at_head) return Readiness::starting;
    return state_.broker_reachable ? Readiness::ready : Readiness::degraded;
  }
  std::string_view why_not_ready() const {
    return state_.at_head ? "broker unreachable" : "the head of the log is not reached";
  }
  const kafka::Consumer* consumer() const { return consumer_.get(); }  // null: not started, or without a broker
  const std::string& topics() const { return topics_; }

 private:
  std::string topics_;
  FeedState state_;
  std::unique_ptr<kafka::Consumer> consumer_;
};

}  // namespace wsf::fanout
