#include "kafka_feed.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>

namespace yardstick {
namespace {

void set(rd_kafka_conf_t* conf, const char* name, const char* value) {
  char error[256];
  if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK) die(error);
}

rd_kafka_t* open_consumer(const char* brokers) {
  char error[256];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", brokers);
  set(conf, "group.id", "yardstick");
  set(conf, "enable.auto.commit", "false");
  set(conf, "enable.auto.offset.store", "false");
  set(conf, "socket.nagle.disable", "true");
  set(conf, "fetch.error.backoff.ms", "5");
  rd_kafka_t* consumer = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
  if (consumer == nullptr) die(error);
  rd_kafka_poll_set_consumer(consumer);
  return consumer;
}

std::int64_t end_of(rd_kafka_t* consumer, const char* topic, int partition) {
  std::int64_t low = 0, high = 0;
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR__STATE;
  for (int tries = 0; error != RD_KAFKA_RESP_ERR_NO_ERROR; tries++) {  // a new topic has no leader for a moment
    if (tries == 50) die(std::string("no end of the log: ") + rd_kafka_err2str(error));
    if (tries > 0) usleep(100'000);
    error = rd_kafka_query_watermark_offsets(consumer, topic, partition, &low, &high, 10'000);
  }
  return high;
}

}  // namespace

void die(const std::string& what) {
  std::fprintf(stderr, "%s\n", what.c_str());
  std::exit(1);
}

void raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

rd_kafka_t* consume_from_end(const char* brokers, const char* name) {
  rd_kafka_t* consumer = open_consumer(brokers);
  rd_kafka_topic_t* topic = rd_kafka_topic_new(consumer, name, nullptr);
  const rd_kafka_metadata_t* metadata = nullptr;
  if (rd_kafka_metadata(consumer, 0, topic, &metadata, 10'000) != RD_KAFKA_RESP_ERR_NO_ERROR) die("no metadata");
  if (metadata->topic_cnt != 1 || metadata->topics[0].partition_cnt == 0) die(std::string("no topic ") + name);
  const int partitions = metadata->topics[0].partition_cnt;
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(partitions);
  for (int i = 0; i < partitions; i++) {
    rd_kafka_topic_partition_list_add(list, name, i)->offset = end_of(consumer, name, i);
  }
  if (rd_kafka_assign(consumer, list) != RD_KAFKA_RESP_ERR_NO_ERROR) die("cannot assign");
  rd_kafka_topic_partition_list_destroy(list);
  rd_kafka_metadata_destroy(metadata);
  rd_kafka_topic_destroy(topic);
  return consumer;
}

}  // namespace yardstick
