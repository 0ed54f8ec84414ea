#pragma once
// The events of a run that publishes for itself: a script on a thread of its own, and the account of what became of
// each event on its way into the broker.

#include "load/dialect.hpp"
#include "load/feed_wire.hpp"
#include "load/load_options.hpp"
#include "load/outage_watch.hpp"
#include "load/tally.hpp"
#include "stats/histogram.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace wsf::load {

// When the broker confirmed an event. Kept like EventTimes: for the newest Tally::kTimedEvents.
struct Confirmation {
  std::uint32_t key = 0;
  std::uint32_t seq = 0;
  std::int64_t confirmed_ns = 0;  // epoch; 0: unused
};

class Feed {
 public:
  // Throws base::StartupError when the client library refuses a property.
  Feed(const FeedOptions& options, const Dialect& dialect, const Window& window);
  ~Feed();
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  bool wait_until_ready(const std::atomic<bool>& stop, int progress_fd);  // see FeedWire
  std::uint64_t wait_until_heard(const std::atomic<bool>& stop) { return wire_->wait_until_heard(stop); }
  void start(std::int64_t start_epoch_ns);
  // Ends the publishing, and waits up to 5 s for what the broker has not confirmed. What is still open then has
  // failed.
  void stop();
  bool done() const { return done_.load(); }  // the plan is through

  // Live:
  std::uint64_t published_in_window() const { return window_published_.value(); }

  // After stop():
  std::uint64_t confirmed() const { return wire_->confirmed(); }
  std::uint64_t failed() const { return failed_in_flush_ + wire_->failed(); }
  std::uint64_t unheard() const { return wire_->unheard(); }
  std::string last_error() const { return wire_->last_error(); }
  const std::vector<std::uint64_t>& window_events() const { return window_events_; }  // [key]
  std::vector<std::uint64_t> planned_window_events() const;  // [key]; those that were never published included
  const stats::Histogram& confirm_ns() const { return confirm_ns_; }  // due to confirmed, within the window
  const Confirmation& confirmation(std::uint32_t key, std::uint32_t seq) const;
  Lateness lateness() const;
  const std::vector<Span>& outages() const { return outage_watch_.outages(); }  // of the broker

 private:
  std::unique_ptr<FeedWire> make_wire(const FeedOptions& options, const Dialect& dialect);
  bool put(const Outgoing& event);
  void on_settled(std::uint64_t tag, std::int64_t now_ns, bool confirmed);
  std::size_t place(std::uint32_t key, std::uint32_t seq) const;

  const Dialect& dialect_;
  const Window& window_;
  const EventPlan plan_;
  std::unique_ptr<FeedWire> wire_;
  std::unique_ptr<EventScript> script_;
  std::thread thread_;
  std::atomic<bool> stop_{false}, done_{false};
  std::uint64_t failed_in_flush_ = 0;
  std::size_t key_place_ = 0;  // in the event before
  stats::Counter window_published_;
  std::vector<std::uint64_t> window_events_;
  std::vector<EventTimes> sent_;  // by place(): what a tag means
  std::vector<Confirmation> confirmations_;
  stats::Histogram confirm_ns_;
  OutageWatch outage_watch_;
};

}  // namespace wsf::load
