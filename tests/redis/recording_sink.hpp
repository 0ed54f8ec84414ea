#pragma once
// A sink that remembers what it got, and lets a test wait for it.

#include "fakes/remembering.hpp"
#include "redis/subscriber.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace wsf::redis {

class RecordingSink : public SubscriberSink, private Remembering {
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

  std::vector<std::string> texts() const { return copy_of(texts_); }
  std::vector<std::string> whys() const { return copy_of(whys_); }

 private:
  std::vector<std::string> texts_, whys_, subscribed_;
  int ups_ = 0;
};

// Redis' confirmation comes on no channel: only the counter tells.
inline bool subscribed_becomes(const Subscriber& subscriber, std::uint64_t count) {
  return becomes([&] { return subscriber.counters().subscribed == count; });
}

}  // namespace wsf::redis
