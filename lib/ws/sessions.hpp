#pragma once
// The connections of one shard, from accept to close: reads requests and frames, writes what the application queues,
// keeps time, decides about slow ones. Used on the shard's thread only.
//
// Callbacks may call any function here, for any slot; a slot closed within a callback is freed after it.

#include "hub/fresh_frames.hpp"
#include "hub/outbox.hpp"
#include "hub/verdict.hpp"
#include "protocol/close_codes.hpp"
#include "stats/counter.hpp"
#include "ws/deflate.hpp"
#include "ws/http_request.hpp"
#include "ws/kernel.hpp"
#include "ws/permessage_deflate.hpp"
#include "ws/session.hpp"
#include "ws/shared_frame.hpp"
#include "ws/timer_wheel.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace wsf::ws {

using Slot = std::uint32_t;

// The answer to a request: an HTTP reply, or the upgrade.
struct Upgrade {
  std::string subprotocol;  // named in the 101; empty: none
  std::optional<DeflateAgreement> deflate;
  std::uint8_t profile = 0;  // of Sessions::add_profile(); 0: the usual one
};
using RequestAnswer = std::variant<HttpReply, Upgrade>;

// An unmasked frame of one payload. subject.event_at counts from the payload's begin.
hub::FramePtr frame_of(Opcode opcode, std::string_view payload, hub::FrameSubject subject = {});

// How a session ended. The reason is that of the close table's row; none where the peer closed or the line was lost.
struct Ending {
  std::uint16_t code;
  std::string_view reason;
  bool by_peer = false;  // the code is the peer's own word
};

// What a server does with its sessions; called on the shard's thread.
class Application {
 public:
  virtual ~Application() = default;
  virtual RequestAnswer on_request(Slot slot, const HttpRequest& request) = 0;
  virtual void on_open(Slot slot) = 0;  // upgraded; what is sent here follows the 101
  virtual void on_text(Slot slot, std::string_view text) = 0;
  virtual void on_binary(Slot slot, std::string_view bytes) = 0;
  // After on_open, once.
  virtual void on_close(Slot slot, const Ending& ending) = 0;
  // The socket is gone, whatever became of it; the slot may be used again later.
  virtual void on_gone(Slot) {}
};

// Written by the shard's thread, read by any.
struct Traffic {
  stats::Counter messages_received, bytes_received, frames_sent, bytes_sent;
};

// What holds for sessions of one kind, say those of a protocol.
struct SessionProfile {
  std::int64_t heartbeat_ms = 30'000;  // between pings, and how long a peer may be silent after one; 0: no pings
  hub::BreakerLimits breaker{};
  bool context = false;        // compressed messages may refer to those before them, if the client keeps them
  Traffic* traffic = nullptr;  // where theirs is counted, from the upgrade on; outlives them
};

struct SessionLimits {
  // Room for so many from the start, in address space only, so that the table is never moved.
  std::size_t expected_sessions = 0;
  hub::OutboxLimits outbox;  // its breaker's, like heartbeat_ms, are those of the usual profile
  std::uint64_t max_message_bytes = 64 * 1024;
  std::int64_t handshake_timeout_ms = 10'000;
  std::int64_t heartbeat_ms = 30'000;
};

// Written by the shard's thread, read by any.
struct SessionCounters {
  stats::Gauge connections;  // every socket, requests under way included
  stats::Gauge open;         // upgraded and not yet closed
  stats::Counter accepted, upgraded, http_replies, refused_requests;
  stats::Counter messages_received, bytes_received, frames_sent, bytes_sent;
  stats::Counter blocked, write_deadlines_missed, conflating, conflated, paused, slow_closed;
  stats::Counter heartbeat_timeouts, protocol_errors, io_errors;
  stats::Gauge outbox_frames;        // waiting in all outboxes
  stats::Gauge conflating_sessions;  // as of the last turn of the clock, like outbox_frames
  // By hub::BreakerState: open sessions in it, and how often one came to it.
  std::array<stats::Gauge, hub::kBreakerStates> breaker_sessions;
  std::array<stats::Counter, hub::kBreakerStates> breaker_transitions;
  stats::Gauge compressed_sessions;  // open ones that agreed to compression
  stats::Counter frames_compressed;  // each once, however many sessions share it
};

class Sessions {
 public:
  static constexpr std::size_t kReadBytes = 64 * 1024;      // scratch of one receive
  static constexpr int kBuffersPerWrite = 64;               // of one gathered write
  static constexpr std::size_t kMaxReplyBytes = 64 * 1024;  // memory of replies beyond which we stop reading a peer
  static constexpr int kMessagesPerTurn = 64;               // answered before their replies are written
  static constexpr std::int64_t kCloseTimeoutMs = 5'000;    // for the peer's half of the closing handshake
  static constexpr std::int64_t kLingerMs = 2'000;          // for the peer to end the stream after all is said
  static constexpr std::size_t kLingerBytesPerMs = 4096;    // what it sends meanwhile shortens that: 8 MB at most

  Sessions(Kernel& kernel, Application& application, const SessionLimits& limits, std::int64_t now_ms);
  ~Sessions();
  Sessions(const Sessions&) = delete;
  Sessions& operator=(const Sessions&) = delete;

  // Before the first upgrade to it. The number that an Upgrade names.
  std::uint8_t add_profile(const SessionProfile& profile);
  const SessionProfile& usual_profile() const { return profiles_.front(); }

  // Takes over a connected non-blocking socket. std::nullopt: it cannot be watched, and was closed.
  std::optional<Slot> adopt(int fd);
  void on_ready(const ReadyEvent& event);

  // Turns the clock (milliseconds, steady) and lets timers expire.
  void advance(std::int64_t now_ms);
  std::int64_t now_ms() const { return now_ms_; }

  // Queues one text message for this session alone. Nothing happens once the session is closing.
  void send(Slot slot, std::string_view text);
  // Queues a frame that many sessions share. Never closes a session, so it is safe while walking subscribers.
  void publish(Slot slot, const hub::FramePtr& frame);
  // The same in the encoding that the session takes.
  void publish(Slot slot, SharedFrame& frame);

  // The same of a stream that the session shares with others, of which it gets each message in this way. `history`:
  // the stream's end before this message. What is compressed refers to as much of it as the client has, so the frame
  // names a Remaker: it would not stand alone where another was left out.
  void publish_next(Slot slot, SharedFrame& frame, std::string_view history);
  bool keeps_context(Slot slot) const { return table_[slot].context; }

  // Writes what has been queued since the last flush, one write for each session that got something. Called once at
  // the end of each round of the loop, and within it when so much is queued that it is crowded(); never while walking
  // subscribers, for it may close sessions. Begins with another session each time, so that none is always the last.
  void flush();
  bool crowded() const { return fresh_.crowded(); }

  // Writes what is queued for this session now, as far as its socket takes it: for an answer too long to be queued
  // whole. Never ends the session, so it is safe within a callback.
  void write_ahead(Slot slot);

  // Closing handshake with the table's code and reason. Updates that wait are sent first, but a slow consumer's are
  // dropped. Does nothing to a session that is not open.
  void close(Slot slot, protocol::CloseCause cause);

  // Takes out what waits of a key that the session no longer wants.
  void drop_key(Slot slot, hub::KeyId key) {
    spill(slot);
    table_[slot].history_bytes = 0;
    table_[slot].outbox.drop_key(pool_, key);
  }

  // Holds the newest of each key only. Frames that name a Remaker are made anew by it when they go out.
  bool is_conflating(Slot slot) const { return table_[slot].outbox.conflating(); }

  // Whether anything came from the peer since the last time that this was asked. For applications with a heartbeat of
  // their own.
  bool take_heard(Slot slot) { return std::exchange(table_[slot].heard, false); }
  // Waits for room in its socket: nothing gets through to it now.
  bool is_blocked(Slot slot) const { return table_[slot].blocked; }
  // What waits for the session, cannot be conflated, and is more than an outbox may hold.
  bool is_overfull(Slot slot) const { return table_[slot].outbox.reply_bytes() > limits_.outbox.outbox_bytes; }

  bool is_open(Slot slot) const { return slot < table_.size() && table_[slot].state == SessionState::open; }
  // The table's size: every slot in use lies below it.
  Slot slots() const { return static_cast<Slot>(table_.size()); }
  bool empty() const { return counters_.connections.value() == 0; }
  bool all_written() const { return pool_.in_use() == 0 && fresh_.empty(); }
  const SessionCounters& counters() const { return counters_; }

 private:
  const SessionProfile& profile(const Session& session) const { return profiles_[session.profile]; }
  static std::size_t index(hub::BreakerState state) { return static_cast<std::size_t>(state); }
  static Token token(Slot slot, std::uint32_t generation) { return (Token{generation} << 32) | slot; }

  void read(Slot slot);
  void read_request(Slot slot, std::span<char> bytes);
  void answer(Slot slot, std::string_view header);
  void upgrade(Slot slot, const HttpRequest& request, const Upgrade& how);
  void reply(Slot slot, const HttpReply& reply);
  void read_frames(Slot slot, std::span<char> bytes);
  void read_on(Slot slot);
  bool takes_replies(Slot slot) const { return table_[slot].outbox.reply_memory_bytes() <= kMaxReplyBytes; }
  bool handle(Slot slot, const FrameEvent& event);
  void count_message(const Session& session);
  void peer_closed(Slot slot, const FrameEvent& event);

  // One session's part in the batch of sends under way.
  struct Offer {
    Slot slot;
    std::uint32_t frames;  // of `fresh`; 0: what is offered lies in the outbox
    hub::FreshFrames::List fresh;
  };

  void offer(Slot slot);
  void offer_fresh(Slot slot);
  void send_offers();
  bool settle_fresh(const Offer& offer, const Send& send);
  void count_sent(Session& session, std::uint32_t frames, std::size_t bytes);
  bool settle(Slot slot, std::size_t offered, std::size_t taken, const boost::system::error_code& ec);
  void queue(Slot slot, hub::FramePtr frame);
  void spill(Slot slot);
  void touch(Slot slot);
  void queue_close(Slot slot, std::uint16_t code, std::string_view reason);
  void write(Slot slot);
  enum class Failure { now, later };  // later: left to the flush to come, which meets it again
  bool write_some(Slot slot, Failure failure);
  void block(Slot slot);
  void wrote_all(Slot slot);

  void hold(Slot slot, const hub::FramePtr& frame);
  hub::Verdict verdict(const Session& session) const;
  void conflate(Session& session);
  void count_left_out(Session& session, std::size_t frames);
  template <class Event>
  void tell_breaker(Slot slot, Event&& event) {
    Session& session = table_[slot];
    const hub::BreakerState before = session.breaker.state();
    event(session.breaker);
    session.strained = !session.breaker.idle();
    if (session.breaker.state() != before) breaker_moved(slot, before);
  }
  void breaker_moved(Slot slot, hub::BreakerState before);
  void forget_breaker(Slot slot);
  void set_interest(Slot slot);

  void expire(Slot slot);
  void expire_open(Slot slot);
  void expire_heartbeat(Slot slot);
  void arm(Slot slot);
  void linger(Slot slot);
  void end(Slot slot, std::uint16_t code);
  void left_open_state(Slot slot, const Ending& ending);

  Kernel& kernel_;
  Application& application_;
  SessionLimits limits_;
  std::vector<SessionProfile> profiles_;
  hub::OutboxPool pool_;
  hub::FreshFrames fresh_;
  TimerWheel timers_;
  std::int64_t now_ms_;
  std::vector<Session> table_;                      // grows in adopt() only, which no callback may call
  std::unordered_map<Slot, std::string> requests_;  // what came of incomplete ones
  std::unordered_map<Slot, std::string> unread_;  // of peers that do not take their replies, at most kReadBytes each
  std::vector<Slot> free_;
  std::vector<Slot> touched_;
  std::vector<Slot> flushing_;
  std::size_t first_to_flush_ = 0;
  // A batch of sends under way, and the buffers that they point to.
  std::vector<Offer> offers_;
  std::vector<Send> sends_;
  std::vector<iovec> buffers_;
  std::vector<char> scratch_;
  struct Compression {
    Deflater deflater;
    Inflater inflater;
  };
  std::unique_ptr<Compression> compression_;  // once a session has agreed to it
  SessionCounters counters_;
};

}  // namespace wsf::ws
