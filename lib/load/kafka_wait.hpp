#pragma once
// The wait for Kafka at the start, which tells a person at a terminal what is waited for.

#include "kafka/destination.hpp"

#include <atomic>
#include <chrono>
#include <string_view>

namespace wsf::load {

// kafka::wait_until_ready(), with the same answer and the same exceptions. When it takes longer than a second and
// `fd` is a terminal, "HEAD waiting for Kafka at BROKERS" is written there, once.
bool wait_for_kafka(kafka::Producer& producer, const kafka::Destination& kafka, std::chrono::milliseconds timeout,
                    const std::atomic<bool>& stop, int fd, std::string_view head);

}  // namespace wsf::load
