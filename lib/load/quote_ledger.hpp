#pragma once
// The newest quote that each connection of one thread has of each of its symbols, and whether all came, once and in
// their order. A quote of a connection's own symbol must be one that was published, with all that was published in
// it. One that was skipped was superseded where the line was slow just then: its server keeps the newest of each
// symbol for who does not take its quotes. On any other line it is lost. What was lost, came twice, came after a
// newer one or was never published is a break.

#include "load/quote_turns.hpp"
#include "load/state_ledger.hpp"

#include <chrono>
#include <unordered_map>

namespace wsf::load {

class QuoteLedger : public StateLedger {
 public:
  // Something that came later than this, after a skipped quote was due, shows that the line was slow. Servers
  // conflate what has waited for longer, or is more than a line takes.
  static constexpr std::chrono::milliseconds kSlowLine{250};

  // 56 bytes for each subscription, 16 for each connection. `fields`: those that the clients get. The turns must
  // outlive it.
  QuoteLedger(const QuoteTurns& turns, protocol::QuoteFields fields, const Share& share);

  // About 0.3 us.
  std::span<const ReachedEvent> take(std::uint32_t connection, std::string_view text, std::int64_t now_ns,
                                     std::optional<std::int64_t> start_ns) override;
  void forget(std::uint32_t connection) override;
  void check_all(std::int64_t /*start_ns*/) override {}  // each quote was whole by itself
  bool holds(std::uint32_t connection) const override { return states_[share_.local(connection)].open; }
  std::optional<std::string> difference(std::uint32_t connection, const QuoteDocument& should) const override;
  // links: quotes that were newer than those before them. conflated: those that were superseded.
  const ChainCounts& counts() const override { return counts_; }
  OddEvents odd() const override { return odd_; }

 private:
  static constexpr std::int64_t kNone = -1;
  struct State {
    bool open = false;         // it has had a quote
    std::int64_t slow_ns = 0;  // when its line was slow the last time (epoch)
  };
  struct Held {
    std::int64_t round = kNone;
    QuoteValues values{};
  };

  std::optional<Subscription> subscription_of(std::uint32_t connection, std::string_view symbol) const;
  std::optional<std::uint32_t> round_of(std::uint32_t key, const QuoteValues& values, std::int64_t now_ns,
                                        std::int64_t start_ns) const;
  void follow(const Subscription& subscription, std::uint32_t round, std::int64_t now_ns, std::int64_t start_ns);
  void skip(const Subscription& subscription, std::uint32_t round, std::int64_t start_ns);
  void check(const Subscription& subscription, const QuoteValues& came, const QuoteValues& should);

  const QuoteTurns& turns_;
  const protocol::QuoteFields fields_;
  const Share share_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;  // of the symbols
  std::vector<State> states_;                                    // [connection of the thread]
  std::vector<Held> held_;                                       // [subscription]
  std::vector<ReachedEvent> reached_;                            // scratch
  ChainCounts counts_;
  OddEvents odd_;
};

}  // namespace wsf::load
