#pragma once
// How many connections each user has, over all shards. Under a mutex that only opening and closing meet.

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>

namespace wsf::fanout {

class UserConnections {
 public:
  // False: the user has `most` already, and nothing was counted.
  bool enter(const std::string& user, std::uint64_t most) {
    const std::lock_guard lock(mutex_);
    std::uint64_t& count = counts_[user];
    if (count >= most) {
      ++refused_;
      return false;
    }
    ++count;
    return true;
  }

  // After enter(), once.
  void leave(const std::string& user) {
    const std::lock_guard lock(mutex_);
    const auto found = counts_.find(user);
    if (--found->second == 0) counts_.erase(found);
  }

  std::uint64_t refused() const {
    const std::lock_guard lock(mutex_);
    return refused_;
  }

  std::size_t users() const {
    const std::lock_guard lock(mutex_);
    return counts_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::uint64_t> counts_;
  std::uint64_t refused_ = 0;
};

}  // namespace wsf::fanout
