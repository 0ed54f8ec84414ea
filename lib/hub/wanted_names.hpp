#pragma once
// Which names (channels, symbols) somebody wants, counted, and which of them changed since who asks for them upstream
// last looked. Any thread.

#include "base/check.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

namespace wsf::hub {

class WantedNames {
 public:
  struct Change {
    std::string name;
    bool wanted = false;  // as of now
  };

  // True: the name's state changed.
  bool add(const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (++counts_[name] > 1) return false;
    changed_.push_back(name);
    return true;
  }
  bool remove(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto at = counts_.find(name);
    base::check(at != counts_.end(), "a name is left as often as it was joined");
    if (--at->second > 0) return false;
    counts_.erase(at);
    changed_.push_back(name);
    return true;
  }

  // Takes at most `most` of the changes: each with its present state, so that one that changed again meanwhile is
  // right, and its second change without effect.
  std::vector<Change> take(std::size_t most) {
    const std::lock_guard lock(mutex_);
    std::vector<Change> changes;
    for (const auto count = std::min(most, changed_.size()); changes.size() < count; changed_.pop_back()) {
      const bool wanted = counts_.contains(changed_.back());
      changes.push_back({std::move(changed_.back()), wanted});
    }
    return changes;
  }

  // A new connection holds none: all that are wanted count as changed.
  void start_anew() {
    const std::lock_guard lock(mutex_);
    changed_.clear();
    for (const auto& [name, count] : counts_) changed_.push_back(name);
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return counts_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::uint64_t> counts_;
  std::vector<std::string> changed_;
};

}  // namespace wsf::hub
