#include "sources.hpp"

#include "base/clock.hpp"
#include "base/exit_codes.hpp"
#include "base/units.hpp"
#include "load/notify_publisher.hpp"
#include "load/recording.hpp"
#include "protocol/notify.hpp"

#include <fmt/format.h>

#include <utility>

namespace ratepub {
namespace {

namespace base = wsf::base;
namespace load = wsf::load;

constexpr std::uint64_t kFaultSeed = 0xd1342543de82ef95;  // quotes and faults come from different streams

// Made-up FX events or a recording, with bad records among them where these are wanted.
class EventSource : public Source {
 public:
  explicit EventSource(const Options& options) : options_(options) {
    if (options.task != Options::Task::replay) return;
    auto recording = load::Recording::open(options.replay_path);
    if (!recording) base::refuse(recording.error().message);
    recording_.emplace(*std::move(recording));
  }

  std::string text() const override;
  std::vector<std::string> topics() const override { return {options_.kafka.topic}; }
  void start(Outlet& outlet) override;
  load::OpenLoop& loop() override { return *loop_; }
  const load::OpenLoop& loop() const override { return *loop_; }
  std::uint64_t published() const override { return loop_->published() + faulty_->total(); }
  std::string faults() const override { return options_.faults.empty() ? "" : faulty_->summary(); }

 private:
  const Options& options_;
  std::optional<load::Recording> recording_;
  std::optional<load::FaultyOutput> faulty_;
  std::unique_ptr<load::OpenLoop> loop_;
};

std::string EventSource::text() const {
  if (!recording_) {
    return fmt::format("{} pairs at {}", options_.plan.pairs.size(), base::format_rate(options_.plan.rate_per_s));
  }
  const double speed = options_.replay.speed;
  return fmt::format("{} records of {}, {}", base::format_count(recording_->size()),
                     base::format_duration(recording_->length()),
                     speed == 0 ? "as fast as it goes" : fmt::format("at speed {}", speed));
}

void EventSource::start(Outlet& outlet) {
  faulty_.emplace(outlet, options_.faults, options_.plan.seed ^ kFaultSeed);
  if (recording_) {
    loop_ = std::make_unique<load::Replay>(*recording_, options_.replay, *faulty_, base::epoch_ns());
  } else {
    loop_ = std::make_unique<load::Publisher>(options_.plan, *faulty_, base::epoch_ns());
  }
}

class TradingSource : public Source, private load::TradingOutput {
 public:
  explicit TradingSource(const load::TradingPlan& plan) : plan_(plan) {}

  std::string text() const override {
    return fmt::format("messages of {} assessments and {} markets at {}", plan_.assessments.size(),
                       plan_.markets.size(), base::format_rate(plan_.rate_per_s));
  }
  std::vector<std::string> topics() const override {
    return {wsf::protocol::kTradingTopics.begin(), wsf::protocol::kTradingTopics.end()};
  }
  void start(Outlet& outlet) override {
    outlet_ = &outlet;
    loop_.emplace(plan_, static_cast<load::TradingOutput&>(*this), base::epoch_ns());
  }
  load::OpenLoop& loop() override { return *loop_; }
  const load::OpenLoop& loop() const override { return *loop_; }

 private:
  bool put(const load::TradingMessage& message) override {
    return outlet_->put_to(static_cast<std::size_t>(message.topic), message.key, message.text);
  }

  const load::TradingPlan& plan_;
  Outlet* outlet_ = nullptr;
  std::optional<load::TradingPublisher> loop_;
};

class NotifySource : public Source, private load::NotifyOutput {
 public:
  explicit NotifySource(const NotifyPlan& plan) : plan_(plan) {}

  std::string text() const override {
    return fmt::format("notifications for {} {} at {}", base::format_count(plan_.users.size()),
                       plan_.users.size() == 1 ? "user" : "users", base::format_rate(plan_.pace.rate_per_s));
  }
  std::string channels() const override { return "channels ws:USER"; }
  std::string why_unheard() const override { return "no wsfanout had a connection of their users"; }
  void start(Outlet& outlet) override {
    outlet_ = &outlet;
    const auto payload = [this](std::string& out, const load::Notification& one) {
      load::append_notification(out, one, plan_.run);
    };
    loop_.emplace(plan_.users, plan_.pace, payload, static_cast<load::NotifyOutput&>(*this), base::epoch_ns());
  }
  load::OpenLoop& loop() override { return *loop_; }
  const load::OpenLoop& loop() const override { return *loop_; }

 private:
  bool put(std::string_view user, std::string_view payload) override {
    return outlet_->put_record(wsf::protocol::notify_channel(user), payload);
  }

  const NotifyPlan& plan_;
  Outlet* outlet_ = nullptr;
  std::optional<load::NotifyPublisher> loop_;
};

class QuotesSource : public Source, private load::QuotesOutput {
 public:
  explicit QuotesSource(const load::PacedQuotesPlan& plan) : plan_(plan) {}

  std::string text() const override {
    return fmt::format("{} of {} symbols at {}", in_turn() ? "quotes" : "price updates",
                       base::format_count(plan_.securities.size()), base::format_rate(plan_.pace.rate_per_s));
  }
  std::string channels() const override {
    return in_turn() ? "channels quote:SYMBOL" : fmt::format("channel {}", load::kPriceUpdates);
  }
  std::string why_unheard() const override {
    return in_turn() ? "no wsfanout had a client of their symbols" : "no wsfanout read the channel";
  }
  void start(Outlet& outlet) override {
    outlet_ = &outlet;
    loop_.emplace(plan_, static_cast<load::QuotesOutput&>(*this), base::epoch_ns());
  }
  load::OpenLoop& loop() override { return *loop_; }
  const load::OpenLoop& loop() const override { return *loop_; }

 private:
  bool in_turn() const { return plan_.shape == load::PacedQuotesPlan::Shape::each_in_turn; }
  bool put_quote(std::string_view channel, std::string_view payload) override {
    return outlet_->put_record(channel, payload);
  }

  const load::PacedQuotesPlan& plan_;
  Outlet* outlet_ = nullptr;
  std::optional<load::PacedQuotes> loop_;
};

}  // namespace

std::unique_ptr<Source> make_source(const Options& options) {
  switch (options.protocol) {
    case Options::Protocol::trading:
      return std::make_unique<TradingSource>(options.trading);
    case Options::Protocol::notify:
      return std::make_unique<NotifySource>(options.notify);
    case Options::Protocol::quotes:
    case Options::Protocol::quotes_patch:
      return std::make_unique<QuotesSource>(options.quotes);
    default:
      return std::make_unique<EventSource>(options);
  }
}

}  // namespace ratepub
