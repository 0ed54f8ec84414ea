#pragma once
// Clients that come back with the last positions that they have: what they missed is sent from the history, or a gap
// is told. One for each shard, used on its thread only.

#include "fanout/fx_rates/counters.hpp"
#include "fanout/fx_rates/delivery.hpp"
#include "fanout/options.hpp"
#include "hub/history.hpp"
#include "hub/subscriptions.hpp"
#include "protocol/fx_rates.hpp"
#include "ws/sessions.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wsf::fanout {

// What becomes of one pair that a client wants to resume.
struct Resumption {
  const protocol::ResumePoint* point;  // in the command
  bool already = false;                // subscribed on this connection: nothing is missing
  std::optional<std::vector<const hub::Update*>> missed;

  bool recovered() const { return already || missed.has_value(); }
};

class Resumes {
 public:
  // A resume that comes before the log's head was reached waits for it at most so long: what it needs is being read.
  static constexpr std::int64_t kPatienceMs = 10'000;

  // A position that this replica has not read by then is of another log, which was made anew while nobody ran.
  static constexpr std::int64_t kAheadMs = 5'000;

  Resumes(const FxRatesOptions& options, hub::Subscriptions& subscriptions, Delivery& delivery,
          FxRatesCounters& counters);
  void attach(ws::Sessions& sessions) { sessions_ = &sessions; }

  // What the feed has brought; after it was broadcast.
  void add(const hub::SharedBatch& batch);
  void expire(std::int64_t now_epoch_ms);
  bool at_head() const { return at_head_; }  // this shard has had every batch up to there

  // True: the command has been put aside until take_ready() gives it back. One of each session waits.
  bool put_aside(ws::Slot slot, const protocol::Command& command);
  using Waiting = std::map<ws::Slot, protocol::Command>;
  Waiting take_ready();

  // Before the command's pairs are subscribed. The answer lives until the next call of add() or expire().
  std::vector<Resumption> look_back(ws::Slot slot, const protocol::Command& command) const;
  // After the answer: sends what was missed, or the gap.
  void serve(ws::Slot slot, const Resumption& resumption, const hub::Terms& terms);

  // Whether the session had this update before it came here. May tell it of a gap.
  bool is_ahead(ws::Slot slot, hub::KeyId key, const base::Position& position) {
    return !ahead_.empty() && find_ahead(slot, key, position);
  }

  void forget(ws::Slot slot, hub::KeyId key) { ahead_.erase({slot, key}); }
  void forget(ws::Slot slot);

 private:
  void replay(ws::Slot slot, const Resumption& resumption, const hub::Terms& terms);
  bool find_ahead(ws::Slot slot, hub::KeyId key, const base::Position& position);

  hub::Subscriptions& subscriptions_;
  Delivery& delivery_;
  FxRatesCounters& counters_;
  ws::Sessions* sessions_ = nullptr;
  hub::History history_;
  bool at_head_ = false;
  Waiting waiting_;
  std::int64_t waiting_since_ms_ = 0;  // the first of them
  // Sessions that resumed from a position which this replica has not read yet: nothing up to there is for them.
  struct Ahead {
    base::Position position;
    std::int64_t since_ms;
  };
  std::map<std::pair<ws::Slot, hub::KeyId>, Ahead> ahead_;
  std::string text_;  // scratch of frames
};

}  // namespace wsf::fanout
