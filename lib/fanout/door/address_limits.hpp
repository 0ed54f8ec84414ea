#pragma once
// How many connections each address has, and how often it makes new ones, over all shards. Under a mutex that only
// opening and closing meet. An address is what one customer has (ws::block_of).

#include "hub/token_bucket.hpp"
#include "ws/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace wsf::fanout {

class AddressLimits {
 public:
  // Addresses without a connection whose rate is remembered. When there are more all of these are forgotten, which
  // costs a walk and lets each of them begin anew.
  static constexpr std::size_t kMaxIdle = 65'536;

  enum class Verdict { in, too_many, too_fast };

  // Once, before anything else. 0: no limit.
  void set(std::uint64_t most_connections, double rate_per_s) {
    most_connections_ = most_connections;
    rate_per_s_ = rate_per_s;
  }
  bool on() const { return most_connections_ > 0 || rate_per_s_ > 0; }

  // Counts the connection if it may come in.
  Verdict enter(const ws::IpAddress& address, std::int64_t now_ms);
  // After an enter() that let it in, once.
  void leave(const ws::IpAddress& address);

  std::size_t addresses() const {  // in the table
    const std::lock_guard lock(mutex_);
    return table_.size();
  }

 private:
  struct Entry {
    std::uint64_t connections = 0;
    hub::TokenBucket bucket;
  };
  void forget_idle();

  std::uint64_t most_connections_ = 0;
  double rate_per_s_ = 0;
  mutable std::mutex mutex_;
  std::unordered_map<ws::IpAddress, Entry, ws::IpAddressHash> table_;
  std::size_t idle_ = 0;
};

}  // namespace wsf::fanout
