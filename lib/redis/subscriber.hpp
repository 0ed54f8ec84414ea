#pragma once
// Listens on Redis channels (SUBSCRIBE). What is published while the connection is lost never comes: Redis keeps
// nothing for a channel. The sink is told of both.

#include "redis/options.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace wsf::redis {

struct Message {
  std::string channel;
  std::string payload;  // as it was published: any bytes
};

// Called on the Subscriber's thread, one call at a time. While it is held up nothing is read, and Redis drops a
// client that is too far behind (client-output-buffer-limit pubsub).
class SubscriberSink {
 public:
  virtual ~SubscriberSink() = default;
  virtual void on_messages(std::span<Message> messages) = 0;  // in the order of each channel; may be moved from
  virtual void on_up() = 0;  // connected; what was published from here on comes, once SUBSCRIBE has been answered
  virtual void on_subscribed(const std::string& /*channel*/) {}  // what is published there from here on comes
  virtual void on_down(const std::string& why) = 0;              // also for each attempt that fails
};

struct SubscriberCounters {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;       // of their payloads
  std::uint64_t connects = 0;    // that were greeted
  std::uint64_t failures = 0;    // connections lost, and attempts that failed
  std::uint64_t channels = 0;    // that are wanted
  std::uint64_t subscribed = 0;  // that Redis has confirmed on this connection
};

// Owns one thread. The sink must outlive it. A server that cannot be reached, or that refuses us, is tried for ever
// with growing waits, and logged at a limited rate.
class Subscriber {
 public:
  static constexpr std::size_t kChannelsPerCommand = 1'000;
  static constexpr std::size_t kChannelsPerWrite = 20'000;

  // Throws base::StartupError (usage) with what is wrong with the TLS files. Does not wait for the server.
  Subscriber(const Options& options, SubscriberSink& sink);
  ~Subscriber();  // no call of the sink after it
  Subscriber(const Subscriber&) = delete;
  Subscriber& operator=(const Subscriber&) = delete;

  // Counted: a channel is held until each subscribe() has had its unsubscribe(). Any thread; never waits for Redis.
  // What changes meanwhile goes out together, in one write, and the last state wins.
  void subscribe(const std::string& channel);
  void unsubscribe(const std::string& channel);  // after its subscribe()

  // Ends the thread: no call of the sink after it, and what is called here has no effect any more.
  void stop();

  // Any thread.
  bool up() const;
  SubscriberCounters counters() const;

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace wsf::redis
