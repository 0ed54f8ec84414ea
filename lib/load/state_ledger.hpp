#pragma once
// What follows the state that the connections of one thread hold, where what comes is a newer state and not one more
// of a series: a document, the newest quotes. It knows what was published, so it needs neither marks nor positions.
// Used by the thread of its connections alone; what is const also after that ended.

#include "load/ledger.hpp"
#include "load/quote_values.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

// An event that a connection was owed, and what it moved has come: by a message of its own, or superseded by a newer
// event in one step.
struct ReachedEvent {
  std::uint32_t number = 0;  // among those of the key
  std::int64_t due_ns = 0;   // epoch
  bool superseded = false;
  std::uint32_t key = 0;  // of the plan; 0 where events are not counted by key
};

// What nobody should have had.
struct OddEvents {
  std::uint64_t duplicates = 0;
  std::uint64_t late = 0;        // after a newer one of the key
  std::uint64_t unexpected = 0;  // of a key that the connection did not ask for
};

struct DocumentsOutcome {
  struct Part {
    std::uint64_t compared = 0, equal = 0;
  };
  Part of_readers, of_slow;
  std::string first_difference;  // of a reader
  std::string failure;           // why there is nothing to compare with: nothing is equal then
};

// A whole state, by number of symbol; `given` is empty where it has no such quote.
using QuoteDocument = std::vector<QuoteValues>;

class StateLedger {
 public:
  virtual ~StateLedger() = default;

  // A message came. `start_ns`: when event 0 was due (epoch), once the run has begun. What it brought of events that
  // the connection had not before, oldest first; valid until the next call.
  virtual std::span<const ReachedEvent> take(std::uint32_t connection, std::string_view text, std::int64_t now_ns,
                                             std::optional<std::int64_t> start_ns) = 0;
  // The connection has ended. The next message is the first of a new one, which begins with nothing.
  virtual void forget(std::uint32_t connection) = 0;
  // No more will come: whether each connection has all of its newest event.
  virtual void check_all(std::int64_t start_ns) = 0;

  virtual bool holds(std::uint32_t connection) const = 0;  // something came
  // Where what the connection holds is other than it should be; std::nullopt: nowhere.
  virtual std::optional<std::string> difference(std::uint32_t connection, const QuoteDocument& should) const = 0;
  virtual const ChainCounts& counts() const = 0;
  virtual OddEvents odd() const { return {}; }
};

// Counts what nothing accounts for; the first of it is told.
void note_break(ChainCounts& counts, std::uint32_t connection, std::string_view what);

// One for each thread: connection c is in the one with the number c % size.
using StateLedgers = std::vector<const StateLedger*>;

// What all connections hold beside what they should. nullptr: that is not known, and nothing is equal.
DocumentsOutcome compare(const Plan& plan, const StateLedgers& ledgers, const QuoteDocument* should);

}  // namespace wsf::load
