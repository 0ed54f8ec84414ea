#pragma once
// The places that a user's connections hold, counted over all replicas. Any thread, but for what is said below.

#include "ws/sessions.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace wsf::fanout {

class UserPlaces {
 public:
  virtual ~UserPlaces() = default;
  // Never waits: the connection is let in, and `on_refused` is called later, on any thread, if the user's other
  // connections hold all places. The place's number, for release().
  virtual std::uint64_t take(const std::string& user, std::function<void(std::uint64_t place)> on_refused) = 0;
  // Of one that was not refused; without effect otherwise.
  virtual void release(const std::string& user, std::uint64_t place) = 0;
};

// On their way to the shard whose connections they are of; as many as it has connections at most.
class RefusedPlaces {
 public:
  struct Refused {
    ws::Slot slot = 0;
    std::uint64_t place = 0;  // that the slot held then
  };

  // Any thread.
  void add(Refused refused) {
    const std::lock_guard lock(mutex_);
    refused_.push_back(refused);
    any_ = true;
  }

  // The shard's thread. Costs one load where there is none.
  std::vector<Refused> take() {
    if (!any_) return {};
    const std::lock_guard lock(mutex_);
    any_ = false;
    return std::exchange(refused_, {});
  }

 private:
  std::atomic<bool> any_{false};
  std::mutex mutex_;
  std::vector<Refused> refused_;
};

}  // namespace wsf::fanout
