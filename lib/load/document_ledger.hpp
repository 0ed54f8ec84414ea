#pragma once
// The documents that the connections of one thread hold: {"quotes":{}} with every operation applied as RFC 6902 says.
// A message is applied as a whole, or, where it is none of the protocol, not at all.
//
// What came is compared with what was published: each value must be one that an event gave the symbol, and whoever
// has an event must have all that the events up to it have moved. What contradicts that, or RFC 6902, is a break.

#include "load/patch_reader.hpp"
#include "load/quote_walk.hpp"
#include "load/state_ledger.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

class DocumentLedger : public StateLedger {
 public:
  // 48 bytes for each subscription. `fields`: those that the clients have asked for.
  DocumentLedger(const QuoteWalk& walk, protocol::QuoteFields fields, const Share& share);

  // About 2.5 us for 20 operations.
  std::span<const ReachedEvent> take(std::uint32_t connection, std::string_view text, std::int64_t now_ns,
                                     std::optional<std::int64_t> start_ns) override;
  void forget(std::uint32_t connection) override;
  void check_all(std::int64_t start_ns) override;
  bool holds(std::uint32_t connection) const override { return states_[share_.local(connection)].open; }
  std::optional<std::string> difference(std::uint32_t connection, const QuoteDocument& server) const override;
  // links: operations applied. conflated: events superseded.
  const ChainCounts& counts() const override { return counts_; }

 private:
  static constexpr std::int64_t kNoEvent = -1;
  struct State {
    std::int64_t newest = kNoEvent;  // the event whose state the document has, at least
    bool open = false;               // it has had its first message
  };

  // What an event has made of a symbol, kept for all the connections that it comes to.
  struct Published {
    std::int64_t event = kNoEvent;
    QuoteValues values;
  };

  const QuoteValues& published(std::uint32_t event, std::uint32_t symbol, std::int64_t start_ns);
  std::optional<std::uint32_t> event_of(std::uint32_t symbol, protocol::QuoteField field, const QuoteValues& values,
                                        std::int64_t now_ns, std::int64_t start_ns);
  std::optional<std::uint32_t> slot_of(std::uint32_t connection, std::string_view symbol, std::uint32_t near) const;
  bool find_slots(std::uint32_t connection);
  bool is_whole_beginning(std::uint32_t connection);
  std::int64_t newest_event(std::uint32_t connection, std::int64_t now_ns, std::int64_t start_ns);
  void check(std::uint32_t connection, std::uint32_t event, std::int64_t start_ns);
  void apply(std::uint32_t connection);
  void apply(std::uint32_t connection, const PatchOperation& operation, QuoteValues& quote);
  void advance(std::uint32_t connection, std::uint32_t event, std::int64_t start_ns);

  const QuoteWalk& walk_;
  const protocol::QuoteFields fields_;
  const Share share_;
  std::vector<State> states_;          // [connection of the thread]
  std::vector<QuoteValues> quotes_;    // [subscription]
  std::vector<Published> published_;   // [2 * symbol + event % 2]: the newest ones
  std::vector<std::uint32_t> newest_;  // [symbol]: the event that came last, of anybody
  PatchReader reader_;
  std::vector<std::uint32_t> slots_;   // of the message's operations
  std::vector<ReachedEvent> reached_;  // scratch
  ChainCounts counts_;
};

// Whether the event moves any symbol of the connection.
bool concerns(const QuoteWalk& walk, const Plan& plan, std::uint32_t connection, std::uint32_t event);

}  // namespace wsf::load
