#pragma once
// A run's events into channels of Redis. Its answer to a PUBLISH confirms it.

#include "load/feed_wire.hpp"
#include "redis/commands.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace wsf::load {

class RedisWire : public FeedWire {
 public:
  // `channels`: what Outgoing::topic means. Throws base::StartupError(usage) for what is wrong with TLS files.
  RedisWire(redis::Options redis, std::vector<std::string> channels, OnSettled on_settled);

  bool wait_until_ready(const std::atomic<bool>& stop, int progress_fd) override;
  std::uint64_t wait_until_heard(const std::atomic<bool>& stop) override;
  bool send(const Outgoing& event, std::uint64_t tag) override;
  bool flush(std::chrono::milliseconds timeout) override;
  std::uint64_t confirmed() const override { return confirmed_.load(); }
  std::uint64_t failed() const override { return failed_.load(); }
  std::uint64_t outstanding() const override;
  std::uint64_t unheard() const override { return unheard_.load(); }
  std::string last_error() const override;

 private:
  struct Settled {
    std::uint64_t tag = 0;
    std::int64_t now_ns = 0;
    bool confirmed = false;
  };

  void answered(std::uint64_t tag, const base::Result<redis::Reply>& reply);
  void tell_settled();

  const redis::Options redis_;
  const std::vector<std::string> channels_;
  const OnSettled on_settled_;
  std::atomic<std::uint64_t> sent_{0}, confirmed_{0}, failed_{0}, unheard_{0};
  mutable std::mutex mutex_;  // the answers come on the thread of the commands
  std::vector<Settled> settled_;
  std::string last_error_;
  redis::Commands commands_;  // the last: it ends before what its answers touch
};

}  // namespace wsf::load
