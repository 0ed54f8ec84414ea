#pragma once
// Many WebSocket clients on one thread and one epoll set. It opens its connections on schedule, subscribes each,
// feeds what arrives to a tally, answers pings, and closes when told. The thread that calls run() owns everything
// here; the others read progress() and set the orders.

#include "base/exit_codes.hpp"
#include "load/client_wire.hpp"
#include "load/dialect.hpp"
#include "load/tally.hpp"
#include "load/upgrade.hpp"
#include "stats/counter.hpp"
#include "stats/histogram.hpp"
#include "ws/deflate.hpp"
#include "ws/frame_reader.hpp"

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <queue>
#include <random>
#include <string>
#include <vector>

namespace wsf::load {

// What the run wants of all its swarms; written by the run's thread, each order once.
struct Orders {
  std::atomic<std::uint32_t> may_open{0};     // connections below this number may be opened
  std::atomic<std::int64_t> ramp_from_ns{0};  // steady clock: when number 0 of the ramp is due
  std::atomic<bool> storm{false};             // lose every connection that reads, and come back at once
  std::atomic<bool> thaw{false};              // the slow ones read again, to see how the server left them
  std::atomic<bool> close{false};             // count no more; close everything in good order
  std::atomic<bool> abandon{false};           // no time left for that
};

// Why a connection did not come to be: what to say, and how to end if it was the first.
struct Failure {
  base::Exit exit = base::Exit::runtime;
  std::string line;
  std::uint16_t close_code = 0;  // of the server's close frame, if there was one
  bool upgraded = false;         // it was a WebSocket connection already
};

struct SwarmOptions {
  Route route;
  double ramp_per_s = 1000;             // of all swarms together; 0: as fast as kMostInFlight lets
  std::uint32_t index = 0, swarms = 1;  // this one has the connections index, index + swarms, ...
  std::uint64_t seed = 1;
  Compress compress = Compress::off;  // the offer, and what it insists on
  bool reconnect = false;             // a connection that the server closed comes back
};

struct SwarmProgress {
  stats::Counter opened;      // 101 received
  stats::Counter subscribed;  // and the subscription confirmed
  stats::Counter failed;      // before that
  stats::Counter closed;      // after that, and not by us
  stats::Gauge live;          // subscribed now, and reading
  stats::Counter returned;    // subscribed again after a storm or a close
  stats::Counter retried;     // tries to come back that failed, and were made again
  stats::Counter received_bytes;
  stats::Counter messages;  // of text
  // Of the slow ones:
  stats::Counter stalled;                 // subscribed, and stopped reading
  stats::Counter stalled_closed_as_slow;  // by code 4000 or 4002, as seen when they read again
  stats::Counter stalled_closed_otherwise;
  std::atomic<bool> stormed{false};          // the order was carried out: live counts from there
  std::atomic<std::uint16_t> close_code{0};  // of the last one closed
  // Of the tally, refreshed each second:
  std::atomic<std::uint64_t> holes{0};
  std::atomic<std::int64_t> p50_ns{0}, p99_ns{0};
  std::atomic<bool> settled{
      false};  // every connection is subscribed or failed: connect_ns() does not change any more
  std::atomic<bool> ended{false};
};

class Swarm {
 public:
  // Connections opened and not yet subscribed, of all swarms together: the server's listen queue must hold them.
  static constexpr std::uint32_t kMostInFlight = 128;
  static constexpr std::size_t kReceiveBytes = 256 * 1024;  // one read takes whatever a socket buffer usually holds
  static constexpr std::int64_t kHandshakeTimeoutNs = 10'000'000'000;
  static constexpr std::uint64_t kMaxMessageBytes = 1 << 20;
  static constexpr int kSlowReceiveBytes = 4096;
  // A connection that comes back after a failure waits this long, and up to as much again: thousands must not try in
  // step.
  static constexpr std::int64_t kReturnNs = 500'000'000;
  static constexpr std::uint32_t kReturnsAtOnce = 256;  // between two looks at what has arrived

  Swarm(SwarmOptions options, const Dialect& dialect, const Orders& orders, Tally& tally);
  ~Swarm();
  Swarm(const Swarm&) = delete;
  Swarm& operator=(const Swarm&) = delete;

  void run();  // until orders.close and all are closed, or orders.abandon

  const SwarmProgress& progress() const { return progress_; }
  std::optional<Failure> first_failure() const;  // any thread
  pid_t thread_id() const { return thread_id_.load(); }
  const stats::Histogram& connect_ns() const { return connect_ns_; }  // TCP connect to 101; once settled or ended
  const stats::Histogram& return_ns() const { return return_ns_; }    // the same of those that came back; once ended

 private:
  // stalled: subscribed, not read. thawed: it was, and is read again. away: to be opened again.
  enum class State : std::uint8_t {
    unused,
    connecting,
    securing,  // by TLS
    upgrading,
    subscribing,
    live,
    stalled,
    thawed,
    closing,
    away,
    gone
  };
  struct Connection {
    int fd = -1;
    State state = State::unused;
    bool returns = false;  // it was live before
    std::int64_t started_ns = 0;
    net::TlsEngine tls;
    std::string head, key;  // of the handshake; empty after it
    ws::FrameReader reader{ws::Role::client, kMaxMessageBytes};
    std::uint32_t window_bytes = 0;
    std::string window;  // the end of what came compressed, as far as the next message may refer back
  };

  std::uint32_t number_of(std::uint32_t slot) const { return slot * options_.swarms + options_.index; }
  bool ended() const;
  void open_due(std::int64_t now_ns);
  void open(std::uint32_t slot, std::int64_t now_ns);
  bool under_way(const Connection& connection) const {
    return connection.state > State::unused && connection.state < State::live;
  }
  bool opens_more() const;
  void go_live(std::uint32_t slot, std::string_view answer);
  void storm();
  void stall(std::uint32_t slot);
  void thaw();
  void come_back(std::uint32_t slot, std::int64_t at_ns);
  void open_returning(std::int64_t now_ns);
  void on_connected(std::uint32_t slot);
  void ask_upgrade(std::uint32_t slot);
  void on_event(std::uint32_t slot, std::uint32_t events);
  void on_readable(std::uint32_t slot);
  void on_upgrade_bytes(std::uint32_t slot, std::span<char> bytes);
  void on_frames(std::uint32_t slot, std::span<char> bytes, std::int64_t now_ns);
  ws::FrameEvent next_frame(Connection& connection, std::span<char>& bytes);
  void on_text(std::uint32_t slot, std::string_view text, std::int64_t now_ns);
  void on_close_frame(std::uint32_t slot, const ws::FrameEvent& event);
  bool subscribe(std::uint32_t slot);
  void leave_flight(Connection& connection);
  void expire_handshakes(std::int64_t now_ns);
  void begin_closing();
  void refresh_live(std::int64_t now_ns);
  bool send_all(Connection& connection, std::string_view bytes);
  bool send_frame(Connection& connection, ws::Opcode opcode, std::string_view payload);
  void watch(int operation, std::uint32_t slot, std::uint32_t events);
  void lose(std::uint32_t slot, Failure why);
  void drop(Connection& connection);
  int wait_ms(std::int64_t now_ns) const;

  const SwarmOptions options_;
  ClientWire wire_{options_.route, kReceiveBytes};
  const Dialect& dialect_;
  const Plan& plan_;
  const Orders& orders_;
  Tally& tally_;
  SwarmProgress progress_;

  int epoll_ = -1;
  std::vector<Connection> connections_;
  std::uint32_t next_ = 0;  // the slot to be opened next
  std::uint32_t in_flight_ = 0;
  std::uint32_t open_ = 0;  // with a descriptor
  struct Timed {
    std::int64_t at_ns = 0;
    std::uint32_t slot = 0;
    bool operator>(const Timed& other) const { return at_ns > other.at_ns; }
  };
  std::deque<Timed> handshakes_;                                              // by the time they were started
  std::priority_queue<Timed, std::vector<Timed>, std::greater<>> returning_;  // by when to open them again
  bool closing_ = false, thawed_ = false;
  std::int64_t refreshed_ns_ = 0;
  std::vector<char> buffer_;
  std::string out_;
  ws::Inflater inflater_;
  std::mt19937_64 random_;
  stats::Histogram connect_ns_, return_ns_;
  std::atomic<pid_t> thread_id_{0};

  mutable std::mutex failure_mutex_;  // taken once for the first failure, never on the way of an update
  std::optional<Failure> failure_;
};

}  // namespace wsf::load
