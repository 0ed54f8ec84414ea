#pragma once
// The events of a run that publishes for itself: a publisher on a thread of its own, and the account of what became
// of each event on its way into Kafka.

#include "kafka/destination.hpp"
#include "load/outage_watch.hpp"
#include "load/publisher.hpp"
#include "load/tally.hpp"
#include "stats/histogram.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace wsf::load {

struct FeedOptions {
  kafka::Destination kafka;
  PublishPlan plan;
};

// When the broker confirmed an event. Kept like EventTimes: for the newest Tally::kTimedEvents.
struct Confirmation {
  std::uint32_t pair = 0;
  std::uint32_t seq = 0;
  std::int64_t confirmed_ns = 0;  // epoch; 0: unused
};

class Feed : private EventOutput {
 public:
  // Throws base::StartupError when the client library refuses a property.
  Feed(FeedOptions options, const PairNumbers& names, const Window& window);
  ~Feed() override;

  // False: `stop` was set. Throws base::StartupError when the broker or the topic cannot be had within 10 s. A wait
  // that gets long is told on `progress_fd`.
  bool wait_until_ready(const std::atomic<bool>& stop, int progress_fd);
  void start(std::int64_t start_epoch_ns);
  // Ends the publishing, and waits up to 5 s for what Kafka has not confirmed. What is still open then has failed.
  void stop();
  bool done() const { return done_.load(); }  // the plan is through

  // Live:
  std::uint64_t published_in_window() const { return window_published_.value(); }

  // After stop():
  std::uint64_t confirmed() const { return producer_.delivered(); }
  std::uint64_t failed() const { return failed_in_flush_ + producer_.failed(); }
  std::string last_error() const { return producer_.last_error(); }
  const std::vector<std::uint64_t>& window_events() const { return window_events_; }  // [pair]
  std::vector<std::uint64_t> planned_window_events() const;  // [pair]; those that were never published included
  const stats::Histogram& confirm_ns() const { return confirm_ns_; }  // due to confirmed, within the window
  const Confirmation& confirmation(std::uint32_t pair, std::uint32_t seq) const;
  Lateness lateness() const;
  const std::vector<Span>& outages() const { return outage_watch_.outages(); }  // of the broker

 private:
  bool put(std::string_view pair, std::string_view event) override;
  void on_delivery(const kafka::Delivery& delivery);
  std::size_t place(std::uint32_t pair, std::uint32_t seq) const;

  const PairNumbers& names_;
  const Window& window_;
  PublishPlan plan_;
  kafka::Destination kafka_;
  kafka::Producer producer_;
  std::unique_ptr<Publisher> publisher_;
  std::thread thread_;
  std::atomic<bool> stop_{false}, done_{false};
  std::uint64_t failed_in_flush_ = 0;
  stats::Counter window_published_;
  std::vector<std::uint64_t> window_events_;
  std::vector<EventTimes> sent_;  // by place(): what a delivery report's tag means
  std::vector<Confirmation> confirmations_;
  stats::Histogram confirm_ns_;
  OutageWatch outage_watch_;
};

}  // namespace wsf::load
