#include "load/kafka_wire.hpp"

#include "base/clock.hpp"
#include "load/kafka_wait.hpp"

#include <utility>

namespace wsf::load {
namespace {

constexpr std::chrono::seconds kReadyTimeout{10};

}  // namespace

KafkaWire::KafkaWire(const kafka::Destination& kafka, const std::vector<std::string>& topics, OnSettled on_settled)
    : kafka_(kafka),
      producer_(kafka_.connection, topics, [settled = std::move(on_settled)](const kafka::Delivery& delivery) {
        settled(delivery.tag, base::epoch_ns(), delivery.error.empty());
      }) {}

bool KafkaWire::wait_until_ready(const std::atomic<bool>& stop, int progress_fd) {
  return wait_for_kafka(producer_, kafka_, kReadyTimeout, stop, progress_fd, "kafka ");
}

bool KafkaWire::send(const Outgoing& event, std::uint64_t tag) {
  const auto sent = producer_.send_to(event.topic, event.key, event.text, std::nullopt, tag);
  return sent != kafka::Producer::Sent::full;
}

}  // namespace wsf::load
