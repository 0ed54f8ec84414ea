#include "kafka/destination.hpp"

#include "base/exit_codes.hpp"
#include "base/units.hpp"
#include "kafka/broker_file.hpp"

#include <fmt/format.h>

#include <cstdlib>

namespace wsf::kafka {

DestinationFlags::DestinationFlags(base::Settings& settings, const std::string& heading)
    : settings_(settings), client_id_(settings.program()) {
  settings
      .add("--brokers", brokers_,
           "Kafka (default: the embedded broker of a wsfanout on this machine, else 127.0.0.1:9092)")
      .type("HOST:PORT,...")
      .group(heading);
  settings.add("--topic", topic_, "topic of the events").env("EVENTHUB_TOPIC").type("NAME").group(heading);
  settings.add_raw_list("--kafka-conf", properties_, "any librdkafka property; repeatable")
      .type("KEY=VALUE")
      .group(heading);
  settings.linked(library_version());
}

const char* DestinationFlags::connection_string() const {
  if (settings_.origin("brokers").source > base::Source::file) return nullptr;
  const char* text = std::getenv("EVENTHUB_CONNECTION_STRING");
  return text != nullptr && *text != '\0' ? text : nullptr;
}

Destination DestinationFlags::event_hubs(const char* text) const {
  const auto hubs = parse_event_hubs(text);
  if (!hubs) base::refuse("EVENTHUB_CONNECTION_STRING: " + hubs.error().message);
  Destination out;
  out.connection.event_hubs_connection_string = text;
  out.where = hubs->broker + " (EVENTHUB_CONNECTION_STRING)";
  out.topic = settings_.is_default("topic") && !hubs->topic.empty() ? hubs->topic : topic_;
  return out;
}

Destination DestinationFlags::resolve(ClientKind kind) const {
  Destination out{.connection = {.brokers = brokers_, .properties = properties_}, .topic = topic_, .where = brokers_};
  if (const char* text = connection_string()) {
    out = event_hubs(text);
    out.connection.properties = properties_;
  } else if (brokers_.empty() && configured(out.connection)) {
    out.where = "bootstrap.servers of --kafka-conf";
  } else if (brokers_.empty()) {
    const BrokerChoice choice = resolve_brokers(brokers_);
    out.connection.brokers = choice.brokers;
    out.connection.embedded = !choice.topic.empty();
    out.where = fmt::format("{} ({})", choice.brokers, choice.origin);
    if (!choice.topic.empty() && settings_.is_default("topic")) out.topic = choice.topic;
  }
  out.connection.client_id = client_id_;
  check_connection(out.connection, kind);
  if (!is_topic(out.topic)) {
    base::refuse(fmt::format("{}: \"{}\" is no name of a topic", settings_.named("topic"), out.topic));
  }
  return out;
}

bool wait_until_ready(Producer& producer, const Destination& kafka, std::chrono::milliseconds timeout,
                      const std::atomic<bool>* stop) {
  using Access = Producer::Access;
  const Access access = producer.wait_ready(timeout, stop);
  if (stop != nullptr && *stop) return false;
  if (access == Access::ready) return true;
  const auto why = producer.last_error().empty() ? "" : ": " + producer.last_error();
  if (access == Access::refused) {
    throw base::StartupError(base::Exit::refused, fmt::format("Kafka at {} refuses us{}", kafka.where, why));
  }
  if (access == Access::no_topic) {
    throw base::StartupError(base::Exit::cannot_connect,
                             fmt::format("Kafka at {} has no topic {} and makes none (create it, or choose --topic)",
                                         kafka.where, kafka.topic));
  }
  const bool untrusted = why.find("certificate verify failed") != std::string::npos;
  const char* hint = untrusted ? "--kafka-conf ssl.ca.location=FILE names the authority to trust"
                               : "is it running? choose --brokers";
  throw base::StartupError(base::Exit::cannot_connect,
                           fmt::format("cannot reach Kafka at {} within {}{} ({})", kafka.where,
                                       base::format_duration(timeout), why, hint));
}

}  // namespace wsf::kafka
