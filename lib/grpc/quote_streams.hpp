#pragma once
// The streams of a QuoteServer, from their opening to their end: who gets which quote, what becomes of a peer that
// does not take what is sent, heartbeats. Knows nothing of gRPC; used on one thread only.
//
// A stream's wire has a few messages at a time (StreamWire). What comes meanwhile waits in its outbox, on the same
// ladder as for the socket of a WebSocket client: in order, then the newest of each symbol, then the end
// (hub/verdict.hpp).

#include "grpc/quote_desk.hpp"
#include "grpc/quote_messages.hpp"
#include "hub/outbox.hpp"
#include "hub/subscriptions.hpp"
#include "hub/verdict.hpp"
#include "protocol/quote.hpp"
#include "stats/bucket_histogram.hpp"
#include "stats/counter.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace wsf::grpc {

using hub::Slot;

enum class StreamEnd : std::uint8_t {
  half_closed,    // by the client, and all is said: OK
  gone,           // cancelled, or its connection is lost
  malformed,      // what came is no StreamQuotesRequest
  slow_consumer,  // RESOURCE_EXHAUSTED
  expired,        // UNAUTHENTICATED: the credential's time is over
  restart,        // UNAVAILABLE: we stop serving
};

// The transport of one stream. Outlives it, up to QuoteStreams::gone().
class StreamWire {
 public:
  virtual void read() = 0;  // the next request; QuoteStreams::request() follows
  // In order. QuoteStreams::written() follows, for one or for several; until then the wire has the message, and it
  // has StreamLimits::wire_messages at most.
  virtual void write(const hub::FramePtr& message) = 0;
  // The last word: what has not been started is dropped. QuoteStreams::gone() follows.
  virtual void end(StreamEnd how) = 0;
  virtual void cancel() = 0;  // after end(): the peer does not take what was written before it, so gives that up

 protected:
  ~StreamWire() = default;
};

struct StreamLimits {
  hub::OutboxLimits outbox;  // its breaker is not for streams
  // That a wire has: enough to go on with while its thread and the streams' hear of each other. The peer gets them
  // also if newer ones come, but a connection's buffers hold more than these.
  std::uint32_t wire_messages = 64;
  std::size_t max_subscriptions = 1'000;        // of a stream; at most hub::Subscriptions::kMaxOfSession
  std::chrono::milliseconds heartbeat{30'000};  // a stream to which nothing was sent for so long is sent one
};

// Written by the streams' thread, read by any.
struct StreamCounters {
  // Of grpc_stream_duration_seconds: 1, 2, 4 ... 32,768 s.
  static const stats::BucketHistogram::Bounds kDurationBoundsUs;

  stats::Gauge streams;        // whose end has not been told
  stats::Gauge subscriptions;  // of all streams
  stats::Gauge symbols;        // that have a subscription
  stats::Counter opened;
  stats::BucketHistogram durations{kDurationBoundsUs};  // of ended streams
  stats::Counter requests, unreadable_requests;
  stats::Counter quotes, unwanted;  // that were published; those of them whose symbol no stream wanted
  stats::Counter quotes_sent, heartbeats_sent, errors_told;
  stats::Counter conflating, conflated, slow_closed;  // outboxes that began to; quotes left out; streams ended
  stats::Gauge outbox_frames, conflating_streams;     // as of the last turn of the clock
};

class QuoteStreams {
 public:
  static constexpr std::size_t kMaxReplyBytes = 64 * 1024;  // memory of errors beyond which a peer is not read
  static constexpr std::size_t kMaxEchoBytes = 32;          // of a symbol that is none, in what the peer is told
  static constexpr std::int64_t kLastWordMs = 5'000;        // for the peer to take it, then the stream is cancelled

  // Times are milliseconds of a steady clock. `desk` and `counters` must outlive it.
  QuoteStreams(QuoteDesk& desk, const StreamLimits& limits, StreamCounters& counters, std::int64_t now_ms);

  Slot open(StreamWire& wire, QuotePeer peer);
  void request(Slot slot, const std::optional<StreamRequest>& request);  // nullopt: unreadable
  void half_close(Slot slot);                                            // no request will come any more
  void written(Slot slot, std::uint32_t messages);                       // by the wire, since it last said so
  void lost(Slot slot);                                                  // the peer is gone: the wire is told the end
  void gone(Slot slot);  // the wire is done with; the slot may be used again

  // One encoding for each quote that somebody wants. Never ends a stream.
  void publish(std::span<const protocol::QuoteEvent> quotes);

  bool all_written() const;  // nothing waits for a wire, and none has a message

  // Turns the clock: heartbeats, slow peers, credentials, drains.
  void advance(std::int64_t now_ms);
  // All streams end within `window`, evenly spread; at once when it is 0. Those that open later end at once.
  void drain(std::chrono::milliseconds window);

 private:
  enum class State : std::uint8_t { free, open, ending };
  struct Stream {
    StreamWire* wire = nullptr;
    QuotePeer peer;
    boost::uuids::uuid id{};  // in the log
    hub::Outbox outbox;
    State state = State::free;
    std::uint32_t writing = 0;  // messages that the wire has
    bool held_back = false;     // the peer's next request waits until it takes our answers
    bool half_closed = false;   // ends when all is said
    std::int64_t opened_ms = 0;
    std::int64_t sent_ms = 0;  // the last message
    std::int64_t drained_ms = INT64_MAX;
    std::int64_t expires_ms = INT64_MAX;
    std::int64_t cancel_ms = INT64_MAX;  // while ending
  };

  bool is_open(Slot slot) const { return streams_[slot].state == State::open; }
  void subscribe(Slot slot, const std::vector<std::string>& symbols);
  void unsubscribe(Slot slot, const std::vector<std::string>& symbols);
  std::size_t max_subscriptions(const QuotePeer& peer) const;
  std::vector<std::string> new_symbols(Slot slot, const std::vector<std::string>& symbols);
  void tell_error(Slot slot, std::string_view symbol, const std::string& message);
  void left(const std::string& symbol, hub::KeyId key);
  void count_subscriptions();

  void deliver(Stream& stream, const hub::FramePtr& frame);
  void write(Stream& stream, const hub::FramePtr& frame);
  bool wire_is_full(const Stream& stream) const { return stream.writing >= limits_.wire_messages; }
  bool takes_requests(const Stream& stream) const { return stream.outbox.reply_memory_bytes() <= kMaxReplyBytes; }
  hub::Verdict verdict(const Stream& stream) const;
  void conflate(Stream& stream);
  void look_at(Slot slot);
  void end(Slot slot, StreamEnd how);

  QuoteDesk& desk_;
  const StreamLimits limits_;
  StreamCounters& counters_;
  std::int64_t now_ms_;
  bool draining_ = false;
  std::vector<Stream> streams_;  // by slot
  std::vector<Slot> free_;
  boost::uuids::random_generator new_id_;
  hub::OutboxPool pool_;
  hub::Subscriptions subscriptions_;
  std::unordered_map<std::string, hub::KeyId> joined_;  // symbols that have a subscription
};

}  // namespace wsf::grpc
