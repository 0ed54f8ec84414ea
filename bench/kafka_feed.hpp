#pragma once
// What the floor and the plain Beast server share, so that only their way of fanning out differs: the reading end of
// the Kafka topic and the text of an update. Any failure ends the program: these are yardsticks, not services.

#include <librdkafka/rdkafka.h>

#include <string>
#include <string_view>

namespace yardstick {

// Says what is wrong on stderr, and exits with 1.
[[noreturn]] void die(const std::string& what);

// The soft limit of descriptors becomes the hard one: a connection takes one.
void raise_descriptor_limit();

// A consumer of all partitions of the topic, each from the end that it has now. It is never closed: it lives as long
// as the program.
rd_kafka_t* consume_from_end(const char* brokers, const char* topic);

// A record that carries an event; the others are the library's own news.
inline bool is_event(const rd_kafka_message_t& message) {
  return message.err == RD_KAFKA_RESP_ERR_NO_ERROR && message.payload != nullptr;
}
inline std::string_view pair_of(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.key), message.key_len};
}
inline std::string_view event_of(const rd_kafka_message_t& message) {
  return {static_cast<const char*>(message.payload), message.len};
}

// out becomes the update that carries the event's bytes as they came.
inline void write_update(std::string& out, std::string_view event) {
  out.assign(R"({"type":"rateUpdate","event":)");
  out.append(event) += '}';
}

}  // namespace yardstick
