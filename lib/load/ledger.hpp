#pragma once
// The account of a run that verifies: whether what a connection was sent is all that it was owed, by the server's own
// positions and by the publisher's numbers. One for each thread, which alone uses it; others read the counts after.

#include "load/plan.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::load {

struct ChainCounts {
  std::uint64_t links = 0;       // updates that were compared with the one before
  std::uint64_t conflated = 0;   // superseded on a slow line, as the server said
  std::uint64_t gaps = 0;        // announced
  std::uint64_t resumed = 0;     // subscriptions that came back with a position
  std::uint64_t begun_anew = 0;  // updates that came first on a new connection, and nobody had asked for those before
  std::uint64_t without_meta = 0;  // updates that name no position: nothing is proved by them
  std::uint64_t breaks = 0;        // what nothing accounts for, and what came twice
  std::string first_break;

  void add(const ChainCounts& other);
};

// When the server says that it had an update, and sent it; epoch, by its clock and its broker's.
struct ServerTimes {
  std::int64_t kafka_ms = 0, sent_ms = 0;
};

class Ledger {
 public:
  virtual ~Ledger() = default;

  struct Followed {
    bool delivery = true;  // false: a snapshot of what was had before
    std::optional<ServerTimes> times{};
  };
  // An update came. `missing`: how many of the key's events the publisher's numbers say were skipped before it.
  virtual Followed follow(const Subscription& subscription, std::string_view update, std::uint32_t missing) = 0;
  // The server's message of a gap.
  virtual void announce_gap(std::uint32_t connection, std::string_view text) = 0;
  // A new connection takes the place of one that was lost: what it tells the server of what it had, in the protocol's
  // own form. Empty: nothing.
  virtual std::string come_back(std::uint32_t connection) = 0;
  // The server's answer to that.
  virtual void answered(std::uint32_t connection, std::string_view text) = 0;

  virtual const ChainCounts& counts() const = 0;
};

}  // namespace wsf::load
