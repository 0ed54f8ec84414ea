#include "kafka/producer.hpp"

#include "base/check.hpp"
#include "base/exit_codes.hpp"
#include "kafka/client.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace wsf::kafka {
namespace {

using Clock = std::chrono::steady_clock;

// A topic that the broker does not make on demand: no use to wait for it longer than this.
constexpr std::chrono::seconds kTopicPatience{3};
constexpr std::chrono::milliseconds kQuestion{200};
constexpr std::chrono::milliseconds kBetweenQuestions{100};

Properties role_properties() {
  return {
      {"linger.ms", "0"},  // a price is worth sending at once
      // One request on the way at a time keeps the order through retries. Idempotence would keep out the rare copy of
      // a record whose confirmation was lost as well, but librdkafka 2.0.2 gives up for good when a broker that was
      // killed comes back ("failed with rewound sequence number"): nothing is published any more.
      {"max.in.flight.requests.per.connection", "1"},
      {"retry.backoff.ms", "100"},
      {"message.timeout.ms", "30000"},
      {"queue.buffering.max.messages", "100000"},
      {"queue.buffering.max.kbytes", "65536"},
      {"partitioner", "murmur2_random"},  // where the Java clients put the same key
  };
}

std::uint64_t read(const std::atomic<std::uint64_t>& counter) {
  return counter.load(std::memory_order_relaxed);
}

}  // namespace

class Producer::Client : private ClientWatcher {
 public:
  Client(const ConnectionOptions& options, const std::vector<std::string>& topics, OnDelivery on_delivery)
      : on_delivery_(std::move(on_delivery)),
        client_(make_client(RD_KAFKA_PRODUCER, options, role_properties(), {}, *this, true)) {
    for (const std::string& topic : topics) {
      topics_.emplace_back(rd_kafka_topic_new(client_.get(), topic.c_str(), nullptr));
      if (!topics_.back()) base::refuse("bad topic name '" + topic + "'");
    }
    base::check(!topics_.empty(), "a producer has a topic");
  }

  ~Client() override {
    const int now = RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT | RD_KAFKA_PURGE_F_NON_BLOCKING;
    rd_kafka_purge(client_.get(), now);
    on_delivery_ = {};
    rd_kafka_flush(client_.get(), 0);
  }

  Access wait_ready(std::chrono::milliseconds timeout, const std::atomic<bool>* stop);
  Sent send(std::size_t topic, std::optional<std::string_view> key, std::optional<std::string_view> value,
            std::optional<std::int32_t> partition, std::uint64_t tag);
  void poll(std::chrono::milliseconds timeout) { rd_kafka_poll(client_.get(), static_cast<int>(timeout.count())); }
  bool flush(std::chrono::milliseconds timeout) {
    return rd_kafka_flush(client_.get(), static_cast<int>(timeout.count())) == RD_KAFKA_RESP_ERR_NO_ERROR;
  }

  std::uint64_t delivered() const { return read(delivered_); }
  std::uint64_t failed() const { return read(failed_); }
  std::uint64_t outstanding() const { return read(queued_) - read(reported_); }
  std::string last_error() const {
    const std::lock_guard lock(error_mutex_);
    return last_error_;
  }

 private:
  static void add(std::atomic<std::uint64_t>& counter) { counter.fetch_add(1, std::memory_order_relaxed); }
  Access ask_topics(Clock::time_point end);
  Access ask_topic(rd_kafka_topic_t& topic, std::chrono::milliseconds timeout);
  void note_error(std::string_view text) {
    const auto took = text.find(" (after ");  // how long, and how often: no news to a reader
    const std::lock_guard lock(error_mutex_);
    last_error_ = explained(text.substr(0, took));
  }

  void on_error(rd_kafka_resp_err_t error, const char* reason) override {
    if (error == RD_KAFKA_RESP_ERR__AUTHENTICATION) refused_ = true;
    // That all are down says less than why one of them is.
    if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || last_error().empty()) note_error(reason);
    if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || error == RD_KAFKA_RESP_ERR__TRANSPORT) return;
    log_of(*client_).write(4, rd_kafka_err2name(error), reason);
  }

  void on_delivery(const rd_kafka_message_t& message) override {
    Delivery report{reinterpret_cast<std::uintptr_t>(message._private), message.partition, message.offset, {}};
    add(reported_);
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      add(delivered_);
    } else {
      report.error = rd_kafka_err2str(message.err);
      add(failed_);
      note_error(report.error);
    }
    if (on_delivery_) on_delivery_(report);
  }

  OnDelivery on_delivery_;
  mutable std::mutex error_mutex_;
  std::string last_error_;
  bool refused_ = false;
  std::atomic<std::uint64_t> queued_{0}, reported_{0}, delivered_{0}, failed_{0};
  ClientPtr client_;
  std::vector<TopicPtr> topics_;
};

// All of them, also when one is not there: the question makes a topic, where the broker makes topics on demand.
Producer::Access Producer::Client::ask_topics(Clock::time_point end) {
  Access all = Access::ready;
  for (const TopicPtr& topic : topics_) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
    const auto access = ask_topic(*topic, std::clamp(left, std::chrono::milliseconds(1), kQuestion));
    if (access == Access::refused || access == Access::unreachable) return access;
    if (access == Access::no_topic) all = access;
  }
  return all;
}

Producer::Access Producer::Client::ask_topic(rd_kafka_topic_t& asked, std::chrono::milliseconds timeout) {
  const rd_kafka_metadata_t* raw = nullptr;
  const auto error = rd_kafka_metadata(client_.get(), 0, &asked, &raw, static_cast<int>(timeout.count()));
  const MetadataPtr metadata(raw);
  poll(std::chrono::milliseconds(0));  // errors of the connection come this way
  if (refused_) return Access::refused;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || metadata->topic_cnt != 1) return Access::unreachable;
  const auto& topic = metadata->topics[0];
  if (topic.err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) return Access::refused;
  return topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && topic.partition_cnt > 0 ? Access::ready : Access::no_topic;
}

Producer::Access Producer::Client::wait_ready(std::chrono::milliseconds timeout, const std::atomic<bool>* stop) {
  const auto end = Clock::now() + timeout;
  std::optional<Clock::time_point> first_answer;
  while (true) {
    const auto access = ask_topics(end);
    if (access == Access::refused || (stop != nullptr && *stop)) return access;
    if (access == Access::ready) {
      log_of(*client_).set_quiet(false);
      return access;
    }
    const auto now = Clock::now();
    if (access == Access::no_topic && !first_answer) first_answer = now;
    // A broker that has answered is reachable, also where the last question had no time for its answer.
    if (now >= end || (first_answer && now - *first_answer >= kTopicPatience)) {
      return first_answer ? Access::no_topic : access;
    }
    poll(kBetweenQuestions);
  }
}

Producer::Sent Producer::Client::send(std::size_t topic, std::optional<std::string_view> key,
                                      std::optional<std::string_view> value, std::optional<std::int32_t> partition,
                                      std::uint64_t tag) {
  // The library copies the value (F_COPY) and the key; it asks for a pointer to non-const all the same, and takes a
  // null pointer for a tombstone, also where the value is empty.
  static char empty[] = "";
  void* const payload = !value ? nullptr : value->empty() ? empty : const_cast<char*>(value->data());
  const int result =
      rd_kafka_produce(topics_[topic].get(), partition.value_or(RD_KAFKA_PARTITION_UA), RD_KAFKA_MSG_F_COPY, payload,
                       value ? value->size() : 0,
                       !key           ? nullptr
                       : key->empty() ? empty
                                      : key->data(),
                       key ? key->size() : 0, reinterpret_cast<void*>(static_cast<std::uintptr_t>(tag)));
  if (result == 0) {
    add(queued_);
    return Sent::queued;
  }
  const auto error = rd_kafka_last_error();
  if (error == RD_KAFKA_RESP_ERR__QUEUE_FULL) return Sent::full;
  add(failed_);
  note_error(rd_kafka_err2str(error));
  return Sent::failed;
}

Producer::Producer(const ConnectionOptions& options, const std::string& topic, OnDelivery on_delivery)
    : Producer(options, std::vector{topic}, std::move(on_delivery)) {}
Producer::Producer(const ConnectionOptions& options, const std::vector<std::string>& topics, OnDelivery on_delivery)
    : client_(std::make_unique<Client>(options, topics, std::move(on_delivery))) {}
Producer::~Producer() = default;
Producer::Access Producer::wait_ready(std::chrono::milliseconds timeout, const std::atomic<bool>* stop) {
  return client_->wait_ready(timeout, stop);
}
Producer::Sent Producer::send(std::optional<std::string_view> key, std::optional<std::string_view> value,
                              std::optional<std::int32_t> partition, std::uint64_t tag) {
  return client_->send(0, key, value, partition, tag);
}
Producer::Sent Producer::send_to(std::size_t topic, std::optional<std::string_view> key,
                                 std::optional<std::string_view> value, std::optional<std::int32_t> partition,
                                 std::uint64_t tag) {
  return client_->send(topic, key, value, partition, tag);
}
void Producer::poll(std::chrono::milliseconds timeout) {
  client_->poll(timeout);
}
bool Producer::flush(std::chrono::milliseconds timeout) {
  return client_->flush(timeout);
}
std::uint64_t Producer::delivered() const {
  return client_->delivered();
}
std::uint64_t Producer::failed() const {
  return client_->failed();
}
std::uint64_t Producer::outstanding() const {
  return client_->outstanding();
}
std::string Producer::last_error() const {
  return client_->last_error();
}

}  // namespace wsf::kafka
