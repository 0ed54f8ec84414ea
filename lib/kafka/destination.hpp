#pragma once
// The flags by which a tool names its Kafka: --brokers, --topic and --kafka-conf, with
// EVENTHUB_CONNECTION_STRING and EVENTHUB_TOPIC from the environment.

#include "base/settings.hpp"
#include "kafka/connection.hpp"
#include "kafka/producer.hpp"

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

namespace wsf::kafka {

struct Destination {
  ConnectionOptions connection;
  std::string topic;
  std::string where;  // for people: the brokers, and how they were found
};

class DestinationFlags {
 public:
  // Adds the flags under that heading of --help. Settings must outlive this, and this the parsing.
  DestinationFlags(base::Settings& settings, const std::string& heading);
  DestinationFlags(const DestinationFlags&) = delete;
  DestinationFlags& operator=(const DestinationFlags&) = delete;

  // When the settings have their values. Weakest to strongest: 127.0.0.1:9092; the broker inside a wsfanout of this
  // user, with its topic; EVENTHUB_CONNECTION_STRING; --kafka-conf bootstrap.servers; --brokers. (The connection
  // string is stronger than brokers from a file.) Throws base::StartupError(usage) on a malformed value, for that
  // kind of client.
  Destination resolve(ClientKind kind = ClientKind::producer) const;

 private:
  const char* connection_string() const;
  Destination event_hubs(const char* text) const;

  base::Settings& settings_;
  const std::string client_id_;
  std::string brokers_;
  std::string topic_ = "fx-rates-updates";
  std::vector<std::string> properties_;
};

// Waits until the producer can publish there, or `stop` is set: then false. Throws base::StartupError, with what the
// user can do, when the broker refuses, has no such topic, or is not reached in time.
bool wait_until_ready(Producer&, const Destination&, std::chrono::milliseconds timeout,
                      const std::atomic<bool>* stop = nullptr);

}  // namespace wsf::kafka
