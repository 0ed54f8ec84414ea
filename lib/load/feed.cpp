#include "load/feed.hpp"

#include "base/check.hpp"
#include "base/clock.hpp"
#include "load/kafka_wire.hpp"
#include "load/redis_wire.hpp"

#include <sys/prctl.h>

#include <algorithm>
#include <utility>

namespace wsf::load {
namespace {

constexpr std::chrono::seconds kFlushTimeout{5};
constexpr unsigned long kTimerSlackNs = 1000;  // the kernel's default of 50 us would show as lateness

}  // namespace

Feed::Feed(const FeedOptions& options, const Dialect& dialect, const Window& window)
    : dialect_(dialect),
      window_(window),
      plan_(options.plan),
      wire_(make_wire(options, dialect)),
      window_events_(dialect.plan().keys),
      sent_(Tally::kTimedEvents),
      confirmations_(Tally::kTimedEvents),
      confirm_ns_(std::uint64_t{60} * 1'000'000'000) {}

std::unique_ptr<FeedWire> Feed::make_wire(const FeedOptions& options, const Dialect& dialect) {
  auto on_settled = [this](std::uint64_t tag, std::int64_t now_ns, bool confirmed) {
    this->on_settled(tag, now_ns, confirmed);
  };
  if (const auto* kafka = std::get_if<kafka::Destination>(&options.broker)) {
    return std::make_unique<KafkaWire>(*kafka, dialect.topics(), std::move(on_settled));
  }
  return std::make_unique<RedisWire>(std::get<redis::Options>(options.broker), dialect.topics(),
                                     std::move(on_settled));
}

Feed::~Feed() {
  stop();
}

bool Feed::wait_until_ready(const std::atomic<bool>& stop, int progress_fd) {
  return wire_->wait_until_ready(stop, progress_fd);
}

void Feed::start(std::int64_t start_epoch_ns) {
  script_ = dialect_.make_script(
      plan_, [this](const Outgoing& event) { return put(event); }, start_epoch_ns);
  thread_ = std::thread([this, start_epoch_ns] {
    prctl(PR_SET_TIMERSLACK, kTimerSlackNs);
    const std::int64_t early_ns = start_epoch_ns - base::epoch_ns();
    if (early_ns > 0) std::this_thread::sleep_for(std::chrono::nanoseconds(early_ns));
    run_open_loop(script_->loop(), wire_->producer(), stop_);
    if (!wire_->flush(kFlushTimeout)) failed_in_flush_ = wire_->outstanding();
    done_ = true;
  });
}

void Feed::stop() {
  stop_ = true;
  if (thread_.joinable()) thread_.join();
}

std::size_t Feed::place(std::uint32_t key, std::uint32_t seq) const {
  return (std::size_t{seq} * window_events_.size() + key) % Tally::kTimedEvents;
}

bool Feed::put(const Outgoing& event) {
  const SeenEvent seen =
      event.mark ? SeenEvent{event.mark, event.marked_key} : dialect_.event_of(event.text, key_place_);
  base::check(seen.mark && seen.key, "the script marks each event, and gives it a key of the plan");
  const EventMark& mark = *seen.mark;
  const std::size_t at = place(*seen.key, mark.seq);
  const EventTimes before = sent_[at];
  sent_[at] = {*seen.key, mark.seq, mark.due_ns, 0, 0};
  if (!wire_->send(event, at)) {
    sent_[at] = before;
    return false;
  }
  if (window_.holds(mark.due_ns)) {
    window_events_[*seen.key]++;
    window_published_.add();
  }
  return true;
}

void Feed::on_settled(std::uint64_t tag, std::int64_t now_ns, bool confirmed) {
  const EventTimes& event = sent_[tag];
  outage_watch_.settled(event.due_ns, now_ns, confirmed);
  if (!confirmed) return;
  confirmations_[tag] = {event.key, event.seq, now_ns};
  if (window_.holds(event.due_ns)) {
    confirm_ns_.record(static_cast<std::uint64_t>(std::max<std::int64_t>(0, now_ns - event.due_ns)));
  }
}

const Confirmation& Feed::confirmation(std::uint32_t key, std::uint32_t seq) const {
  return confirmations_[place(key, seq)];
}

std::vector<std::uint64_t> Feed::planned_window_events() const {
  base::check(script_ != nullptr, "the plan has a start");
  const std::int64_t start_ns = script_->loop().start_epoch_ns();
  return script_->due(std::chrono::nanoseconds(window_.from_ns - start_ns),
                      std::chrono::nanoseconds(window_.to_ns - start_ns));
}

Lateness Feed::lateness() const {
  return script_ ? script_->loop().lateness() : Lateness{};
}

}  // namespace wsf::load
