#include "fanout/relay/relayed_feed.hpp"

#include "base/clock.hpp"
#include "fanout/feeds/new_batch.hpp"
#include "protocol/fx_rates.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace wsf::fanout {
namespace {

constexpr std::chrono::milliseconds kLook{200};
constexpr std::int64_t kRetryMs = 2'000;  // to read the last values
constexpr std::size_t kMostAtOnce = 500;  // values of the hash in one answer; Redis takes that as a hint

// So that an answer of the largest events, and a few more of them than were asked for, is not too large.
std::string values_at_once(const redis::Options& redis, std::size_t max_event_bytes) {
  constexpr std::size_t kMargin = 4;
  const std::size_t most = redis.max_reply_bytes / (kMargin * (max_event_bytes + protocol::kMaxRelayMemberBytes));
  return std::to_string(std::clamp<std::size_t>(most, 1, kMostAtOnce));
}

}  // namespace

RelayedFeed::RelayedFeed(const redis::Options& redis, std::string channel, std::size_t max_event_bytes,
                         FeedState& state, Service::Post post, trace::Tracer* tracer)
    : channel_(std::move(channel)),
      pulse_channel_(protocol::relay_pulse_channel(channel_)),
      values_key_(protocol::relay_values_key(channel_)),
      values_at_once_(values_at_once(redis, max_event_bytes)),
      max_event_bytes_(max_event_bytes),
      started_ms_(base::epoch_ms()),
      state_(state),
      post_(std::move(post)),
      poison_(state),
      traces_(tracer, "redis"),
      commands_(redis),
      subscriber_(redis, static_cast<redis::SubscriberSink&>(*this)),
      watch_([this] { watch(); }) {
  subscriber_.subscribe(channel_);
}

RelayedFeed::~RelayedFeed() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  subscriber_.stop();
  wake_.notify_all();
  watch_.join();
}

bool RelayedFeed::is_recent(std::int64_t pulse_ms) {
  return pulse_ms != 0 && base::steady_ms() - pulse_ms < kPulsePatience.count();
}

std::string_view RelayedFeed::why_not_ready() const {
  if (!subscribed_) return "Redis unreachable";
  if (!values_taken_) return "the last values have not been read from Redis";
  return relay_heard() ? "the relay's broker is unreachable" : "no relay is heard on Redis";
}

void RelayedFeed::on_messages(std::span<redis::Message> messages) {
  const std::lock_guard lock(mutex_);
  for (const redis::Message& message : messages) {
    if (message.channel == pulse_channel_) {
      take_pulse(message.payload);
    } else {
      take(message.payload, false);
    }
  }
  post();
  look();
}

void RelayedFeed::on_subscribed(const std::string& channel) {
  const std::lock_guard lock(mutex_);
  if (channel == channel_) {
    subscribed_ = true;
    read_values();
  } else if (pulse_joined_) {
    take_values();
  }
}

void RelayedFeed::on_down(const std::string& /*why*/) {
  const std::lock_guard lock(mutex_);
  subscribed_ = false;
  pulse_ms_ = broker_ms_ = 0;
  values_taken_ = false;
  if (std::exchange(pulse_joined_, false)) subscriber_.unsubscribe(pulse_channel_);
  look();
}

void RelayedFeed::take(std::string_view text, bool from_hash) {
  state_.received.add();
  auto parsed = protocol::parse_relayed(text);
  if (const auto* cause = std::get_if<protocol::Poison>(&parsed)) return skip({}, *cause);
  auto& relayed = std::get<protocol::Relayed>(parsed);
  if (auto* event = std::get_if<protocol::RelayedEvent>(&relayed)) return take_event(std::move(*event), from_hash);
  if (const auto* removal = std::get_if<protocol::RelayedRemoval>(&relayed)) return take_removal(*removal);
  take_loss(std::get<protocol::RelayedLoss>(relayed));
}

// What is told again is news to those who have an older event of the pair. Where nothing is known of the pair it is
// news unless it is from before our start.
void RelayedFeed::take_event(protocol::RelayedEvent relayed, bool from_hash) {
  using Join = RelayedChains::Join;
  const protocol::RelayPlace& place = relayed.place;
  const auto checked = protocol::check_event(relayed.event, max_event_bytes_);
  if (const auto* cause = std::get_if<protocol::Poison>(&checked)) return skip(place.at, *cause);
  const protocol::Pair& pair = std::get<protocol::Pair>(checked);
  const auto [join, last] = chains_.event(pair.view(), place.at, place.prev);
  if (join == Join::known) return counters_.duplicates.add();
  const bool again = place.restated || from_hash;
  hub::Update& update = add(std::string(pair.view()), place.at);
  update.previous = place.prev;
  update.kafka_ms = place.kafka_ms;
  if (join == Join::after_hole) update.hole_from = last;
  update.silent = again && join == Join::first && place.kafka_ms < started_ms_;
  if (update.hole_from) counters_.holes.add();
  state_.count_event(update.silent, again ? 0 : place.kafka_ms, batch_->received_ms);
  spdlog::debug("Received event: FxRateUpdated for {} at {}", pair.view(), protocol::to_text(place.at));
  update.payload = std::move(relayed.event);
  traces_.receive(*batch_, update, channel_);
}

void RelayedFeed::take_removal(const protocol::RelayedRemoval& removal) {
  if (!chains_.removal(removal.pair, removal.at)) return counters_.duplicates.add();
  state_.tombstones.add();
  add(removal.pair, removal.at).tombstone = true;
}

// It stands before the updates of its batch.
void RelayedFeed::take_loss(const protocol::RelayedLoss& loss) {
  if (!chains_.loss(loss.next)) return;
  post();
  batch().loss = hub::Loss{loss.first, loss.next};
}

void RelayedFeed::take_pulse(std::string_view text) {
  const auto broker = protocol::parse_relay_pulse(text);
  if (!broker) return;
  counters_.pulses.add();
  pulse_ms_ = base::steady_ms();
  if (*broker) broker_ms_ = pulse_ms_.load();
}

void RelayedFeed::skip(const base::Position& at, protocol::Poison cause) {
  poison_.skip({.partition = at.partition, .epoch = at.epoch, .offset = at.offset}, channel_, cause);
}

hub::UpdateBatch& RelayedFeed::batch() {
  if (!batch_) batch_ = new_batch();
  return *batch_;
}

hub::Update& RelayedFeed::add(std::string pair, const base::Position& at) {
  hub::Update& update = batch().updates.emplace_back();
  update.key = std::move(pair);
  update.position = at;
  return update;
}

void RelayedFeed::post() {
  if (!batch_) return;
  state_.batches.add();
  post_(std::exchange(batch_, nullptr));
  traces_.posted();
}

// Anew from the first piece on; what is still on its way of an earlier reading is not looked at.
void RelayedFeed::read_values() {
  ++reading_;
  values_.clear();
  values_bytes_ = 0;
  read_on("0");
}

// Piece by piece, so that no answer is large.
void RelayedFeed::read_on(const std::string& cursor) {
  asking_ = commands_.send({"HSCAN", values_key_, cursor, "COUNT", values_at_once_},
                           [this, reading = reading_](base::Result<redis::Reply> answer) {
                             const std::lock_guard lock(mutex_);
                             if (!stopping_ && subscribed_ && reading == reading_) on_values(std::move(answer));
                           });
}

// HSCAN: the next cursor, and names and values by turns.
void RelayedFeed::on_values(base::Result<redis::Reply> answer) {
  asking_ = false;
  if (!answer || answer->items.size() != 2) {
    failed_ms_ = base::steady_ms();
    return warn(answer ? values_key_ + " is no hash" : answer.error().message);
  }
  std::vector<redis::Reply>& items = answer->items[1].items;
  for (std::size_t i = 1; i < items.size(); i += 2) hold(std::move(items[i].text));
  const std::string& cursor = answer->items[0].text;
  if (cursor != "0") return read_on(cursor);
  if (!std::exchange(pulse_joined_, true)) subscriber_.subscribe(pulse_channel_);
}

void RelayedFeed::warn(const std::string& why) {
  const auto kept_back = values_log_.allow(why, base::LogLimiter::Clock::now());
  if (kept_back)
    spdlog::warn("the last values cannot be read from Redis: {} ({} such lines kept back)", why, *kept_back);
}

void RelayedFeed::hold(std::string value) {
  if (values_bytes_ + value.size() > kMaxValuesBytes) return;
  values_bytes_ += value.size();
  values_.push_back(std::move(value));
}

void RelayedFeed::take_values() {
  for (const std::string& value : std::exchange(values_, {})) take(value, true);
  post();
  values_taken_ = true;
  look();
}

void RelayedFeed::watch() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    look();
    wake_.wait_for(lock, kLook, [this] { return stopping_; });
  }
}

// Whether prices go on to come; and the values, if reading them has failed.
void RelayedFeed::look() {
  if (subscribed_ && !pulse_joined_ && !asking_ && base::steady_ms() - failed_ms_ >= kRetryMs) read_values();
  const bool reachable = subscribed_ && values_taken_ && is_recent(broker_ms_);
  if (reachable && !std::exchange(at_head_, true)) {
    state_.at_head = true;
    batch().head = true;
    post();
    spdlog::info("the relay on {} is heard: live from here", channel_);
  }
  if (state_.broker_reachable.exchange(reachable) == reachable) return;
  if (reachable) {
    spdlog::info("relay reachable");
  } else {
    spdlog::warn("{}: clients stay connected, prices stand still until it is back", why_not_ready());
  }
}

}  // namespace wsf::fanout
