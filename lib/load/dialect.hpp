#pragma once
// What a protocol is to a load client: what the client asks for, and what it makes of what the server says. Texts are
// searched, not parsed: a generator that parsed JSON for each delivery would measure itself. One object for a run,
// which all its threads use; nothing changes after construction.

#include "load/event_mark.hpp"
#include "load/event_script.hpp"
#include "load/ledger.hpp"
#include "load/plan.hpp"
#include "load/state_ledger.hpp"
#include "ws/url.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

struct LoadOptions;
struct Route;

// What a message of the server is to a client. refused: of its subscription.
enum class Said { update, gap, subscribed, refused, ping, other };

// An update as far as it matters to those who count.
struct SeenEvent {
  std::optional<EventMark> mark{};     // std::nullopt: of a publisher that leaves none
  std::optional<std::uint32_t> key{};  // std::nullopt: none of the plan's
  bool addressed = false;              // it says for which subscribers it is: nobody else may have it
};

struct UpgradeRequest {
  ws::Url url;
  std::string_view token{};  // for the Authorization header; empty: none
};

class Dialect {
 public:
  virtual ~Dialect() = default;

  virtual const Plan& plan() const = 0;
  virtual std::string name_of(std::uint32_t key) const = 0;  // for people

  // `resume`: what Ledger::come_back() told, where resumes_by_request(); else empty.
  virtual UpgradeRequest request_of(std::uint32_t connection, std::string_view resume) const = 0;
  // Of a client that comes and goes beside the plan's, with the subscriptions of connection 0.
  virtual UpgradeRequest request_of_visitor(std::uint64_t visitor) const = 0;
  virtual bool resumes_by_request() const = 0;  // otherwise in the first message
  // The client's first message. Empty: there is none.
  virtual std::string first_message(std::uint32_t connection, std::string_view resume) const = 0;
  virtual bool confirms() const = 0;  // the server says `subscribed`; otherwise a client is so by its upgrade
  virtual bool confirms_by_update() const { return false; }  // not `subscribed`, but the first update
  virtual Said kind_of(std::string_view text) const = 0;
  virtual std::string answer_to_ping(std::string_view ping) const = 0;

  // `place`: the caller's, from one event to the next, to find faster what stands at the same place again.
  virtual SeenEvent event_of(std::string_view text, std::size_t& place) const = 0;
  // For a run that verifies.
  virtual std::unique_ptr<Ledger> make_ledger(const Share& share) const = 0;

  // Where clients hold a state: what follows it, in place of event_of() and a ledger. nullptr: they hold none.
  virtual std::unique_ptr<StateLedger> make_states(const Share& share) const;
  // What the clients hold at the end beside what they should: the server's state, had by new connections, or what was
  // published last. `start_ns`: when event 0 was due (epoch). May block, for seconds.
  virtual DocumentsOutcome compare_states(const Route& route, const StateLedgers& states,
                                          std::int64_t start_ns) const;

  // How many events of the window, told by key, the connection must get.
  virtual std::uint64_t owed_to(std::uint32_t connection, const std::vector<std::uint64_t>& events) const;

  // The events of this protocol, marked so that event_of() finds them, or beside their text.
  virtual std::unique_ptr<EventScript> make_script(const EventPlan& plan, EventScript::Put put,
                                                   std::int64_t start_epoch_ns) const = 0;
  // Where they go, as the script numbers them: topics of Kafka, or channels of Redis.
  virtual std::vector<std::string> topics() const = 0;
};

std::unique_ptr<const Dialect> make_dialect(const LoadOptions& options);

}  // namespace wsf::load
