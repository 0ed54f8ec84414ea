#pragma once
// Whether the messages of the server, live or recorded, are all that it owed: one chain for each pair. Follows
// updates, gaps, answers to a resume, and the welcome that begins each connection. Pure; one thread.

#include "protocol/fx_rates.hpp"
#include "protocol/update_chain.hpp"
#include "wsclient/server_message.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

// A step that is worth telling: a hole, or a move to another partition or epoch.
struct Finding {
  std::string pair;
  protocol::Step step{};
  std::optional<base::Position> after;  // the last one received before it
  std::optional<base::Position> at;     // of the update, or where an announced gap ends
  std::optional<base::Position> prev;   // that the update names
  std::uint32_t conflated = 0;
};

// A hole other than a conflation: something was missed, or a promise broken.
constexpr bool is_gap(protocol::Step step) {
  return is_hole(step) && step != protocol::Step::conflated;
}

class StreamCheck {
 public:
  static constexpr std::size_t kMaxPairs = 65'536;  // updates of others are not checked

  std::optional<Finding> take(const ServerMessage& message);
  void reconnected();

  // The last position of each of the pairs that has one, in their order.
  std::vector<protocol::ResumePoint> positions(const std::vector<std::string>& pairs) const;

  const protocol::StepCounts& steps() const { return steps_; }
  std::uint64_t gaps() const;                                 // holes other than conflations
  std::uint64_t conflated() const { return conflated_; }      // updates
  std::uint64_t checked() const { return checked_; }          // updates that named their place
  std::uint64_t unplaced() const { return unplaced_; }        // updates that did not
  std::uint64_t connections() const { return connections_; }  // welcomes
  std::size_t pairs() const { return chains_.size(); }

 private:
  std::optional<Finding> on_update(const RateUpdate& update);
  std::optional<Finding> on_gap(const std::string& pair, const Gap& gap);
  void on_answer(const ServerMessage& answer);
  protocol::UpdateChain* chain_of(const std::string& pair);
  std::optional<Finding> count(Finding finding);

  std::map<std::string, protocol::UpdateChain, std::less<>> chains_;
  protocol::StepCounts steps_;
  std::uint64_t conflated_ = 0;
  std::uint64_t checked_ = 0;
  std::uint64_t unplaced_ = 0;
  std::uint64_t connections_ = 0;
};

// "EURUSD: lost: 0-15 names 0-12 as the update before it, but the last one here was 0-10".
std::string in_words(const Finding& finding);

// {"type":"hole","currencyPair":"EURUSD","cause":"lost","accounted":false,"after":"0-10","offset":"0-15","prev":"0-12",
// "conflated":0}; "notice" instead of "hole" for what is none.
std::string as_json(const Finding& finding);

}  // namespace wsf::wsclient
