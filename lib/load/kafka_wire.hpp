#pragma once
// A run's events into topics of Kafka.

#include "kafka/destination.hpp"
#include "load/feed_wire.hpp"

#include <string>
#include <vector>

namespace wsf::load {

class KafkaWire : public FeedWire {
 public:
  // Throws base::StartupError when the client library refuses a property.
  KafkaWire(const kafka::Destination& kafka, const std::vector<std::string>& topics, OnSettled on_settled);

  bool wait_until_ready(const std::atomic<bool>& stop, int progress_fd) override;
  bool send(const Outgoing& event, std::uint64_t tag) override;
  bool flush(std::chrono::milliseconds timeout) override { return producer_.flush(timeout); }
  kafka::Producer* producer() override { return &producer_; }
  std::uint64_t confirmed() const override { return producer_.delivered(); }
  std::uint64_t failed() const override { return producer_.failed(); }
  std::uint64_t outstanding() const override { return producer_.outstanding(); }
  std::string last_error() const override { return producer_.last_error(); }

 private:
  const kafka::Destination kafka_;
  kafka::Producer producer_;
};

}  // namespace wsf::load
