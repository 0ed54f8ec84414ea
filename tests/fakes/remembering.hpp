#pragma once
// What comes on other threads, remembered, and waited for: by its condition, never by time.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace wsf {

constexpr std::chrono::seconds kTestPatience{20};

// For a condition that nobody tells of.
template <class Condition>
bool becomes(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + kTestPatience;
  while (std::chrono::steady_clock::now() < deadline) {
    if (condition()) return true;
    std::this_thread::yield();
  }
  return false;
}

// Base of fakes that are called on another thread than the test's.
class Remembering {
 protected:
  template <class Change>
  void note(Change change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kTestPatience, condition);
  }
  template <class Value>
  Value copy_of(const Value& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace wsf
