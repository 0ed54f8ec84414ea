#pragma once
// Which symbols somebody on this server watches, counted over all shards. Any thread.

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace wsf::fanout {

class SymbolWatch {
 public:
  void add(const std::string& symbol) {
    const std::lock_guard lock(mutex_);
    ++watched_[symbol];
  }
  void remove(const std::string& symbol) {
    const std::lock_guard lock(mutex_);
    const auto found = watched_.find(symbol);
    if (--found->second == 0) watched_.erase(found);
  }
  bool has(const std::string& symbol) const {
    const std::lock_guard lock(mutex_);
    return watched_.contains(symbol);
  }
  std::size_t count() const {
    const std::lock_guard lock(mutex_);
    return watched_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::size_t> watched_;
};

}  // namespace wsf::fanout
