#pragma once
// How to reach a Kafka cluster, and what the client library is told because of it.

#include "base/result.hpp"
#include "kafka/breaker.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::kafka {

struct ConnectionOptions {
  std::string brokers{};  // HOST:PORT[,HOST:PORT...]; wins over the connection string, SASL included
  std::string event_hubs_connection_string{};  // Endpoint=sb://NAME...;SharedAccessKeyName=...;SharedAccessKey=...
  std::vector<std::string> properties{};       // KEY=VALUE, any librdkafka property; stronger than everything else
  BreakerLimits breaker{};                     // of a consumer
  bool embedded = false;  // the far end is an EmbeddedBroker: it holds an empty fetch to its limit
  std::string client_id = "wsfanout";
};

// An Azure Event Hubs namespace as its connection string names it.
struct EventHubs {
  std::string broker;  // NAME.servicebus.windows.net:9093
  std::string topic;   // EntityPath, or empty
};

// The error never holds any part of the string but the names of its members: it carries a key.
base::Result<EventHubs> parse_event_hubs(std::string_view connection_string);

// Whether there is anything to connect to.
bool configured(const ConnectionOptions&);
// Their names for people, whichever setting gave them; "none" without any.
std::string brokers_of(const ConnectionOptions&);

using Properties = std::vector<std::pair<std::string, std::string>>;

// The librdkafka properties of the connection, without those of a consumer or a producer; the user's own
// (options.properties) are not among them: they are applied last. Throws base::StartupError(usage) on a malformed
// connection string.
Properties connection_properties(const ConnectionOptions&);

// The user's KEY=VALUE items taken apart. Throws base::StartupError(usage) on an item without '=' or without a key.
Properties user_properties(const ConnectionOptions&);

enum class ClientKind { consumer, producer };

// Throws base::StartupError(usage) on whatever the client library would refuse of these options: addresses,
// properties and their values, files that they name. Touches no network.
void check_connection(const ConnectionOptions&, ClientKind);

// For --version: "librdkafka 2.0.2", as it is at hand now, not when this was built.
std::string library_version();

// A name that Kafka takes for a topic: 1 to 249 of A-Z a-z 0-9 . _ -
bool is_topic(std::string_view name);

}  // namespace wsf::kafka
