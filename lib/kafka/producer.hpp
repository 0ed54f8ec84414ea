#pragma once
// Publishes to one topic or a few, asynchronously, with a report of each delivery: in order for each partition, and
// at least once (a broker that dies before it confirms may have kept a record that is then sent again).

#include "kafka/connection.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::kafka {

// What became of one record. Views live as long as the call.
struct Delivery {
  std::uint64_t tag = 0;  // as given to send()
  std::int32_t partition = -1;
  std::int64_t offset = -1;
  std::string_view error;  // empty: it is in the log
};

// Not thread safe: one thread sends, polls and flushes; the counters may be read by any.
class Producer {
 public:
  using OnDelivery = std::function<void(const Delivery&)>;  // called inside poll() and flush()
  enum class Sent { queued, full, failed };  // full: poll, then try again; failed: counted, see last_error()
  enum class Access { ready, unreachable, no_topic, refused };

  // Throws base::StartupError(usage) when the client library refuses a property. Does not wait for the broker.
  Producer(const ConnectionOptions&, const std::string& topic, OnDelivery on_delivery = {});
  Producer(const ConnectionOptions&, const std::vector<std::string>& topics, OnDelivery on_delivery = {});
  // Drops what is still queued: flush() first.
  ~Producer();
  Producer(const Producer&) = delete;
  Producer& operator=(const Producer&) = delete;

  // Whether every topic can be published to (made, where the broker makes topics on demand); waits up to `timeout`,
  // or until `stop` is set. What the library has to say about the connection is logged only after this has answered
  // `ready`: see last_error().
  Access wait_ready(std::chrono::milliseconds timeout, const std::atomic<bool>* stop = nullptr);

  // To the first topic. Copies key and value into the queue (bounded by librdkafka's queue.buffering.max.*). A null
  // value is a tombstone, a null key lets the library choose any partition; a given partition wins over the key's.
  Sent send(std::optional<std::string_view> key, std::optional<std::string_view> value,
            std::optional<std::int32_t> partition = std::nullopt, std::uint64_t tag = 0);
  // To the topic with this index among those given.
  Sent send_to(std::size_t topic, std::optional<std::string_view> key, std::optional<std::string_view> value,
               std::optional<std::int32_t> partition = std::nullopt, std::uint64_t tag = 0);

  void poll(std::chrono::milliseconds timeout);   // serves delivery reports
  bool flush(std::chrono::milliseconds timeout);  // true: nothing is outstanding

  std::uint64_t delivered() const;
  std::uint64_t failed() const;
  std::uint64_t outstanding() const;  // in the queue or on the way
  std::string last_error() const;     // of a connection or a delivery; empty: none so far

 private:
  class Client;
  std::unique_ptr<Client> client_;
};

}  // namespace wsf::kafka
