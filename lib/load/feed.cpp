#include "load/feed.hpp"

#include "base/check.hpp"
#include "base/clock.hpp"
#include "load/kafka_wait.hpp"

#include <sys/prctl.h>

#include <algorithm>

namespace wsf::load {
namespace {

constexpr std::chrono::seconds kReadyTimeout{10};
constexpr std::chrono::seconds kFlushTimeout{5};
constexpr unsigned long kTimerSlackNs = 1000;  // the kernel's default of 50 us would show as lateness

}  // namespace

Feed::Feed(FeedOptions options, const PairNumbers& names, const Window& window)
    : names_(names),
      window_(window),
      plan_(std::move(options.plan)),
      kafka_(std::move(options.kafka)),
      producer_(kafka_.connection, kafka_.topic, [this](const kafka::Delivery& d) { on_delivery(d); }),
      window_events_(names.size()),
      sent_(Tally::kTimedEvents),
      confirmations_(Tally::kTimedEvents),
      confirm_ns_(std::uint64_t{60} * 1'000'000'000) {}

Feed::~Feed() {
  stop();
}

bool Feed::wait_until_ready(const std::atomic<bool>& stop, int progress_fd) {
  return wait_for_kafka(producer_, kafka_, kReadyTimeout, stop, progress_fd, "kafka ");
}

void Feed::start(std::int64_t start_epoch_ns) {
  publisher_ = std::make_unique<Publisher>(plan_, static_cast<EventOutput&>(*this), start_epoch_ns);
  thread_ = std::thread([this, start_epoch_ns] {
    prctl(PR_SET_TIMERSLACK, kTimerSlackNs);
    const std::int64_t early_ns = start_epoch_ns - base::epoch_ns();
    if (early_ns > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(early_ns));
    run_open_loop(*publisher_, &producer_, stop_);
    if (!producer_.flush(kFlushTimeout)) failed_in_flush_ = producer_.outstanding();
    done_ = true;
  });
}

void Feed::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

std::size_t Feed::place(std::uint32_t pair, std::uint32_t seq) const {
  return (std::size_t{seq} * names_.size() + pair) % Tally::kTimedEvents;
}

bool Feed::put(std::string_view pair, std::string_view event) {
  const auto mark = find_mark(event);
  const auto number = names_.number(pair);
  base::check(mark && number, "the publisher marks each event with a pair of the plan");
  const std::size_t at = place(*number, mark->seq);
  const EventTimes before = sent_[at];
  sent_[at] = {*number, mark->seq, mark->due_ns, 0, 0};
  const auto sent = producer_.send(pair, event, std::nullopt, at);
  if (sent == kafka::Producer::Sent::full) {
    sent_[at] = before;
    return false;
  }
  if (window_.holds(mark->due_ns)) {
    window_events_[*number]++;
    window_published_.add();
  }
  return true;
}

void Feed::on_delivery(const kafka::Delivery& delivery) {
  const EventTimes& event = sent_[delivery.tag];
  const std::int64_t now = base::epoch_ns();
  outage_watch_.settled(event.due_ns, now, delivery.error.empty());
  if (!delivery.error.empty()) return;
  confirmations_[delivery.tag] = {event.pair, event.seq, now};
  if (window_.holds(event.due_ns)) {
    confirm_ns_.record(static_cast<std::uint64_t>(std::max<std::int64_t>(0, now - event.due_ns)));
  }
}

const Confirmation& Feed::confirmation(std::uint32_t pair, std::uint32_t seq) const {
  return confirmations_[place(pair, seq)];
}

std::vector<std::uint64_t> Feed::planned_window_events() const {
  base::check(publisher_ != nullptr, "the plan has a start");
  const std::chrono::nanoseconds from(window_.from_ns - publisher_->start_epoch_ns());
  const std::chrono::nanoseconds to(window_.to_ns - publisher_->start_epoch_ns());
  std::vector<std::uint64_t> out(names_.size());
  for (std::size_t pair = 0; pair < out.size(); pair++) out[pair] = publisher_->due_of(pair, from, to);
  return out;
}

Lateness Feed::lateness() const {
  return publisher_ ? publisher_->lateness() : Lateness{};
}

}  // namespace wsf::load
