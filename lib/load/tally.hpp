#pragma once
// What the connections of one thread received, counted. No socket and no clock: a delivery comes in as a mark and a
// time. Owned and written by that thread; others read the live counters, and the rest after the thread ended.

#include "load/dialect.hpp"
#include "load/ledger.hpp"
#include "load/sequence.hpp"
#include "load/timeline.hpp"
#include "stats/counter.hpp"
#include "stats/histogram.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wsf::load {

// The events that count are those due within [from, to). Set by the run, read by all threads.
struct Window {
  std::atomic<std::int64_t> from_ns{std::numeric_limits<std::int64_t>::max()};
  std::atomic<std::int64_t> to_ns{std::numeric_limits<std::int64_t>::max()};

  bool holds(std::int64_t due_ns) const {
    return due_ns >= from_ns.load(std::memory_order_relaxed) && due_ns < to_ns.load(std::memory_order_relaxed);
  }
};

// The one run whose numbers are counted. With an empty name the first run that any thread meets is taken: two
// publishers at once number their events independently, so holes could not be told from the mixture.
class RunFilter {
 public:
  explicit RunFilter(std::string_view run) : run_(run.empty() ? 0 : hash(run)) {}
  bool admits(std::string_view run);

 private:
  static std::uint64_t hash(std::string_view run) { return std::hash<std::string_view>{}(run) | 1; }
  std::atomic<std::uint64_t> run_;  // 0: none yet
};

// When an event reached the first and the last of its receivers.
struct EventTimes {
  std::uint32_t key = 0;
  std::uint32_t seq = 0;
  std::int64_t due_ns = 0;  // 0: unused
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
};

// The numbers of a key's events that any connection got within the window.
struct SeqRange {
  std::uint32_t low = 1;
  std::uint32_t high = 0;

  std::uint64_t size() const { return high < low ? 0 : std::uint64_t{high} - low + 1; }
  void take(std::uint32_t seq);
  void merge(const SeqRange& other);
};

struct Counts {
  std::uint64_t delivered = 0;   // within the window, each event once for each subscription
  std::uint64_t duplicates = 0;  // a number that this connection had already
  std::uint64_t late = 0;        // after a newer one of its key
  std::uint64_t holes = 0;       // numbers skipped and not come late
  std::uint64_t unexpected = 0;  // for others: of a key that this connection did not subscribe to
  std::uint64_t foreign = 0;     // of another run
  std::uint64_t unmarked = 0;    // without a mark
  std::uint64_t superseded = 0;  // of the delivered: by a newer state, in one step

  void add(const Counts& other);
};

struct TallyOptions {
  std::uint32_t first = 0,
                stride = 1;  // this thread has the connections first, first + stride, first + 2 * stride...
  std::int64_t slot_ns = 1'000'000'000;  // of the timeline
  bool verify = false;                   // follow the chain of each subscription
  std::chrono::nanoseconds warmup{0};    // from event 0 to the window
};

class Tally {
 public:
  Tally(const Dialect& dialect, const Window& window, RunFilter& run, TallyOptions options);

  // A text message that holds an event; `now_ns` is when its bytes were read. About 100 ns, twice that when
  // verifying.
  void deliver(std::uint32_t connection, std::string_view text, std::int64_t now_ns);

  // Bytes of a client that reads were read at `now_ns`; they had come at `arrived_ns`, 0: nobody knows.
  void read(std::int64_t arrived_ns, std::int64_t now_ns);

  // The connection has ended, and what it held with it.
  void lose(std::uint32_t connection);
  // What a client that had stopped reading finds when it reads again: it counts for what it holds alone.
  void catch_up(std::uint32_t connection, std::string_view text, std::int64_t now_ns);

  // When verifying; otherwise nothing:
  void announce_gap(std::uint32_t connection, std::string_view text);  // of the server's message
  // A new connection takes its place: see Ledger.
  std::string come_back(std::uint32_t connection);
  void answered(std::uint32_t connection, std::string_view text);

  // Live, for progress: how many were delivered in all (within the window or not), within it, and when the last.
  const stats::Counter& all_delivered() const { return all_delivered_; }
  const stats::Counter& window_delivered() const { return window_delivered_; }
  std::int64_t last_delivery_ns() const { return last_delivery_ns_.load(std::memory_order_relaxed); }

  // After the thread ended (or on it):
  const stats::Histogram& latency_ns() const { return latency_ns_; }
  // How long what came within the window lay in its socket until it was read.
  const stats::Histogram& read_wait_ns() const { return read_wait_ns_; }
  const Timeline& timeline() const { return timeline_; }
  const ChainCounts* chains() const;               // nullptr: nothing is followed
  StateLedger* states() { return states_.get(); }  // nullptr: there are none
  std::optional<std::int64_t> start_ns() const;    // when event 0 was due, once the run has begun
  const Counts& counts() const { return counts_; }
  std::uint64_t received(std::uint32_t connection) const { return received_[share_.local(connection)]; }
  const std::vector<SeqRange>& ranges() const { return ranges_; }
  const std::vector<EventTimes>& event_times() const { return events_; }

  // Times are kept for this many of the newest events of the window.
  static constexpr std::size_t kTimedEvents = 1 << 15;

 private:
  void follow_state(std::uint32_t connection, std::string_view text, std::int64_t now_ns);
  void note_odd();
  std::optional<Subscription> subscription_of(std::uint32_t connection, std::optional<std::uint32_t> key) const;
  bool count_sequence(Sequence& sequence, std::uint32_t seq);
  void count_in_window(const Subscription& subscription, const EventMark& mark,
                       const std::optional<ServerTimes>& times, std::int64_t now_ns);
  void time_stages(Timeline::Slot& slot, const ServerTimes& times, std::int64_t now_ns);
  void time_event(std::uint32_t key, const EventMark& mark, std::int64_t now_ns);

  const Dialect& dialect_;
  const Share share_;
  const Window& window_;
  RunFilter& run_;
  const std::unique_ptr<Ledger> ledger_;  // nullptr: this run does not verify
  const std::unique_ptr<StateLedger> states_;
  const std::int64_t warmup_ns_;

  std::size_t key_place_ = 0;            // in the event before
  std::vector<Sequence> sequences_;      // [subscription]
  std::vector<std::uint32_t> received_;  // [local connection], within the window
  std::vector<SeqRange> ranges_;         // [key]
  std::vector<EventTimes> events_;
  stats::Histogram latency_ns_, read_wait_ns_;
  Timeline timeline_;
  Counts counts_;
  stats::Counter all_delivered_, window_delivered_;
  std::atomic<std::int64_t> last_delivery_ns_{0};
};

}  // namespace wsf::load
