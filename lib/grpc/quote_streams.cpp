#include "grpc/quote_streams.hpp"

#include "base/check.hpp"
#include "base/identifier.hpp"
#include "grpc/stream_log.hpp"
#include "protocol/json_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>
#include <utility>

namespace wsf::grpc {

const stats::BucketHistogram::Bounds StreamCounters::kDurationBoundsUs = [] {
  stats::BucketHistogram::Bounds bounds{};
  std::int64_t seconds = 1;
  for (std::int64_t& bound : bounds) bound = 1'000'000 * std::exchange(seconds, 2 * seconds);
  return bounds;
}();

QuoteStreams::QuoteStreams(QuoteDesk& desk, const StreamLimits& limits, StreamCounters& counters, std::int64_t now_ms)
    : desk_(desk), limits_(limits), counters_(counters), now_ms_(now_ms) {}

Slot QuoteStreams::open(StreamWire& wire, QuotePeer peer) {
  Slot slot = static_cast<Slot>(streams_.size());
  if (free_.empty()) {
    streams_.emplace_back();
  } else {
    slot = free_.back();
    free_.pop_back();
  }
  Stream& stream = streams_[slot];
  stream.wire = &wire;
  stream.peer = std::move(peer);
  stream.id = new_id_();
  stream.state = State::open;
  stream.opened_ms = stream.sent_ms = now_ms_;
  if (draining_) stream.drained_ms = now_ms_;
  if (stream.peer.credential_ends) stream.expires_ms = now_ms_ + stream.peer.credential_ends->count();
  counters_.opened.add();
  counters_.streams.add(1);
  log_opened(stream.id);
  wire.read();
  return slot;
}

void QuoteStreams::request(Slot slot, const std::optional<StreamRequest>& request) {
  if (!is_open(slot)) return;
  counters_.requests.add();
  if (!request) {
    counters_.unreadable_requests.add();
    return end(slot, StreamEnd::malformed);
  }
  if (request->action == kSubscribe) {
    subscribe(slot, request->symbols);
  } else if (request->action == kUnsubscribe) {
    unsubscribe(slot, request->symbols);
  } else {
    tell_error(slot, {}, fmt::format("Unknown action: {}", protocol::cut_utf8(request->action, kMaxEchoBytes)));
  }
  Stream& stream = streams_[slot];
  stream.held_back = !takes_requests(stream);
  if (!stream.held_back) stream.wire->read();
}

void QuoteStreams::subscribe(Slot slot, const std::vector<std::string>& symbols) {
  const std::size_t most = max_subscriptions(streams_[slot].peer);
  // So long a list is not even looked at: each symbol that is none would cost an answer.
  const bool too_many = symbols.size() > most;
  const std::vector<std::string> fresh = too_many ? std::vector<std::string>{} : new_symbols(slot, symbols);
  if (too_many || subscriptions_.count(slot) + fresh.size() > most) {
    return tell_error(slot, {}, fmt::format("Subscription limit of {} symbols exceeded", most));
  }
  for (const std::string& symbol : fresh) {
    const hub::KeyId key = subscriptions_.intern(symbol);
    subscriptions_.subscribe(slot, symbol);
    if (joined_.emplace(symbol, key).second) desk_.join(symbol);
  }
  count_subscriptions();
  log_request(streams_[slot].id, streams_[slot].peer.user, kSubscribe, fresh);
}

// Those of them that the stream may have and has not yet, each once; of the others it is told.
std::vector<std::string> QuoteStreams::new_symbols(Slot slot, const std::vector<std::string>& symbols) {
  std::vector<std::string> fresh;
  std::unordered_set<std::string_view> seen;
  for (const std::string& symbol : symbols) {
    const QuotePeer& peer = streams_[slot].peer;
    if (!base::is_symbol(symbol)) {
      const auto echo = protocol::cut_utf8(symbol, kMaxEchoBytes);
      tell_error(slot, echo, fmt::format("Invalid symbol: {}", echo));
    } else if (peer.may_see && !peer.may_see(symbol)) {
      tell_error(slot, symbol, fmt::format("Symbol {} not allowed for your subscription", symbol));
    } else if (seen.insert(symbol).second && !subscriptions_.has(slot, symbol)) {
      fresh.push_back(symbol);
    }
  }
  return fresh;
}

std::size_t QuoteStreams::max_subscriptions(const QuotePeer& peer) const {
  return std::min(limits_.max_subscriptions, peer.max_subscriptions.value_or(limits_.max_subscriptions));
}

void QuoteStreams::unsubscribe(Slot slot, const std::vector<std::string>& symbols) {
  std::vector<std::string> dropped;
  for (const std::string& symbol : symbols) {
    const auto key = subscriptions_.unsubscribe(slot, symbol);
    if (!key) continue;
    streams_[slot].outbox.drop_key(pool_, *key);  // the number may be another symbol's from now on
    left(symbol, *key);
    dropped.push_back(symbol);
  }
  count_subscriptions();
  log_request(streams_[slot].id, streams_[slot].peer.user, kUnsubscribe, dropped);
}

void QuoteStreams::left(const std::string& symbol, hub::KeyId key) {
  if (!subscriptions_.subscribers(key).empty()) return;
  joined_.erase(symbol);
  desk_.leave(symbol);
}

void QuoteStreams::count_subscriptions() {
  counters_.subscriptions.set(static_cast<std::int64_t>(subscriptions_.total()));
  counters_.symbols.set(static_cast<std::int64_t>(joined_.size()));
}

void QuoteStreams::tell_error(Slot slot, std::string_view symbol, const std::string& message) {
  counters_.errors_told.add();
  deliver(streams_[slot], hub::Frame::make({}, encode_error(symbol, message)));
}

void QuoteStreams::half_close(Slot slot) {
  Stream& stream = streams_[slot];
  if (stream.state != State::open) return;
  stream.half_closed = true;
  if (stream.writing == 0) end(slot, StreamEnd::half_closed);
}

void QuoteStreams::lost(Slot slot) {
  if (is_open(slot)) end(slot, StreamEnd::gone);
}

void QuoteStreams::publish(std::span<const protocol::QuoteEvent> quotes) {
  for (const protocol::QuoteEvent& quote : quotes) {
    counters_.quotes.add();
    const auto wanted = joined_.find(quote.symbol);
    if (wanted == joined_.end()) {
      counters_.unwanted.add();
      continue;
    }
    hub::FrameSubject subject;
    subject.key = wanted->second;
    const auto frame = hub::Frame::make({}, encode_quote(quote), subject);
    for (const hub::Subscriber& one : subscriptions_.subscribers(wanted->second)) deliver(streams_[one.slot], frame);
  }
}

void QuoteStreams::deliver(Stream& stream, const hub::FramePtr& frame) {
  if (!wire_is_full(stream) && stream.outbox.empty()) return write(stream, frame);
  counters_.conflated.add(stream.outbox.push(pool_, frame, now_ms_));
  if (verdict(stream) != hub::Verdict::keep) conflate(stream);
}

void QuoteStreams::write(Stream& stream, const hub::FramePtr& frame) {
  if (frame->subject().key != hub::kNoKey) counters_.quotes_sent.add();
  ++stream.writing;
  stream.sent_ms = now_ms_;
  stream.wire->write(frame);
}

void QuoteStreams::written(Slot slot, std::uint32_t messages) {
  Stream& stream = streams_[slot];
  if (stream.state != State::open) return;
  stream.writing -= messages;
  while (!wire_is_full(stream) && !stream.outbox.empty()) {
    const hub::FramePtr next = stream.outbox.front(pool_);
    stream.outbox.consume(pool_, next->bytes().size());
    write(stream, next);
  }
  if (stream.half_closed && stream.writing == 0) return end(slot, StreamEnd::half_closed);
  if (stream.held_back && takes_requests(stream)) {
    stream.held_back = false;
    stream.wire->read();
  }
}

// That a write has not been completed says nothing by itself; what waits behind it does.
hub::Verdict QuoteStreams::verdict(const Stream& stream) const {
  if (stream.outbox.empty()) return hub::Verdict::keep;
  return hub::judge({stream.outbox.bytes(), now_ms_ - stream.outbox.oldest_ms(pool_)}, limits_.outbox);
}

void QuoteStreams::conflate(Stream& stream) {
  if (stream.outbox.conflating()) return;
  counters_.conflating.add();
  counters_.conflated.add(stream.outbox.conflate(pool_));
}

// What waits in an outbox waits behind messages that the wire has.
bool QuoteStreams::all_written() const {
  return std::ranges::none_of(
      streams_, [](const Stream& stream) { return stream.state == State::open && stream.writing != 0; });
}

void QuoteStreams::advance(std::int64_t now_ms) {
  now_ms_ = now_ms;
  for (Slot slot = 0; slot < streams_.size(); ++slot) {
    Stream& stream = streams_[slot];
    if (stream.state == State::open) look_at(slot);
    if (stream.state != State::ending || now_ms_ < stream.cancel_ms) continue;
    stream.cancel_ms = INT64_MAX;
    stream.wire->cancel();
  }
  counters_.outbox_frames.set(static_cast<std::int64_t>(pool_.in_use()));
  counters_.conflating_streams.set(static_cast<std::int64_t>(pool_.conflating()));
}

void QuoteStreams::look_at(Slot slot) {
  Stream& stream = streams_[slot];
  if (now_ms_ >= stream.drained_ms) return end(slot, StreamEnd::restart);
  if (now_ms_ >= stream.expires_ms) return end(slot, StreamEnd::expired);
  const hub::Verdict rung = verdict(stream);
  if (rung == hub::Verdict::close) {
    counters_.slow_closed.add();
    return end(slot, StreamEnd::slow_consumer);
  }
  if (rung != hub::Verdict::keep) conflate(stream);
  if (stream.writing != 0 || now_ms_ < stream.sent_ms + limits_.heartbeat.count()) return;
  counters_.heartbeats_sent.add();
  write(stream, hub::Frame::make({}, encode_heartbeat()));
}

void QuoteStreams::drain(std::chrono::milliseconds window) {
  draining_ = true;
  const auto open = std::max<std::int64_t>(1, std::ranges::count(streams_, State::open, &Stream::state));
  std::int64_t nth = 0;
  for (Stream& stream : streams_) {
    if (stream.state == State::open) stream.drained_ms = now_ms_ + window.count() * nth++ / open;
  }
  advance(now_ms_);
}

void QuoteStreams::end(Slot slot, StreamEnd how) {
  Stream& stream = streams_[slot];
  stream.state = State::ending;
  stream.cancel_ms = now_ms_ + kLastWordMs;
  stream.outbox.clear(pool_);
  std::vector<std::pair<std::string, hub::KeyId>> had;
  subscriptions_.each_key(slot, [&](hub::KeyId key) { had.emplace_back(subscriptions_.name(key), key); });
  subscriptions_.drop_session(slot);
  for (const auto& [symbol, key] : had) left(symbol, key);
  count_subscriptions();
  counters_.streams.add(-1);
  counters_.durations.record_ms(now_ms_ - stream.opened_ms);
  log_closed(stream.id, how);
  stream.wire->end(how);
}

void QuoteStreams::gone(Slot slot) {
  base::check(streams_[slot].state == State::ending, "a stream is told its end before it is gone");
  streams_[slot] = Stream{};
  free_.push_back(slot);
}

}  // namespace wsf::grpc
