#pragma once
// A sink that remembers what it got, and lets a test wait for it.

#include "redis/subscriber.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace wsf::redis {

class RecordingSink : public SubscriberSink {
 public:
  void on_messages(std::span<Message> messages) override {
    note([&] {
      for (const auto& [channel, payload] : messages) texts_.push_back(channel + " " + payload);
    });
  }
  void on_up() override {
    note([&] { ++ups_; });
  }
  void on_subscribed(const std::string& channel) override {
    note([&] { subscribed_.push_back(channel); });
  }
  void on_down(const std::string& why) override {
    note([&] { whys_.push_back(why); });
  }

  bool wait_for_ups(int count) {
    return wait([&] { return ups_ >= count; });
  }
  bool wait_for_downs(std::size_t count) {
    return wait([&] { return whys_.size() >= count; });
  }
  bool wait_for_subscribed(const std::string& channel) {
    return wait([&] { return std::ranges::find(subscribed_, channel) != subscribed_.end(); });
  }
  bool wait_for_texts(std::size_t count) {
    return wait([&] { return texts_.size() >= count; });
  }

  std::vector<std::string> texts() const {
    const std::lock_guard lock(mutex_);
    return texts_;
  }
  std::vector<std::string> whys() const {
    const std::lock_guard lock(mutex_);
    return whys_;
  }

 private:
  template <class Change>
  void note(Change change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }
  template <class Condition>
  bool wait(Condition condition) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), condition);
  }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> texts_, whys_, subscribed_;
  int ups_ = 0;
};

// Redis' confirmation comes on no channel: only the counter tells.
template <class Condition>
bool becomes(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition() && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  return condition();
}

inline bool subscribed_becomes(const Subscriber& subscriber, std::uint64_t count) {
  return becomes([&] { return subscriber.counters().subscribed == count; });
}

}  // namespace wsf::redis
