#pragma once
// Where every connection comes in, whatever protocol it is for: the rules of the request, who the client is, how many
// there may be. Then it hands it to its protocol, and keeps what holds for all of them: the session's id, its user's
// grant and when that ends, its account of invalid messages. On the shard's thread only.

#include "auth/gate.hpp"
#include "fanout/admin/pages.hpp"
#include "fanout/door/guest.hpp"
#include "fanout/door/reception_counters.hpp"
#include "fanout/options.hpp"
#include "fanout/protocol.hpp"
#include "fanout/server_state.hpp"
#include "fanout/tracing/session_traces.hpp"
#include "hub/token_bucket.hpp"
#include "ws/sessions.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace wsf::fanout {

class Reception final : public ws::Application {
 public:
  static constexpr std::int64_t kErrorWindowMs = 10'000;

  Reception(const Options& options, ServerState& state, const Pages& pages);

  // Before the first call of anything else; all stay with each other for life.
  void attach(ws::Sessions& sessions) { sessions_ = &sessions; }
  void add(Protocol& protocol) {
    served_.push_back({&protocol, sessions_->add_profile(protocol.profile(sessions_->usual_profile()))});
  }

  // Closes whose token has expired, or whose API key was taken back.
  void on_tick();

  ws::RequestAnswer on_request(ws::Slot slot, const ws::HttpRequest& request) override;
  void on_open(ws::Slot slot) override;
  void on_text(ws::Slot slot, std::string_view text) override;
  void on_binary(ws::Slot slot, std::string_view bytes) override;
  void on_close(ws::Slot slot, const ws::Ending& ending) override;
  void on_gone(ws::Slot slot) override;

  // Whom the slot's socket is from, before its request. What was counted of it at the entrance is taken back when it
  // is gone.
  void seat(ws::Slot slot, const Guest& guest);

  // For the protocols. The id is a version 4 UUID.
  std::string id(ws::Slot slot) const;
  // nullptr: of nobody in particular, who may do everything.
  const auth::Grant* grant(ws::Slot slot) const { return clients_[slot].grant.get(); }
  // A client's request to take a new token of the same user in place of the old one, answered with `id_json`. What it
  // may do from now on; nullptr: it was refused, and nothing has changed.
  const auth::Grant* renew(ws::Slot slot, std::string_view token, std::string_view id_json);
  // Counts an invalid message; closes a client that sends too many.
  void fault(ws::Slot slot);

  // What they tell of subscriptions.
  SessionTraces& traces() { return traces_; }

  const ReceptionCounters& counters() const { return counters_; }

 private:
  struct Served {
    Protocol* protocol;
    std::uint8_t profile;         // of its sessions
    std::uint64_t keys_seen = 0;  // how often its keys had changed at the last look
  };
  struct Client {
    boost::uuids::uuid id{};
    Protocol* protocol = nullptr;  // of one that was let in
    std::unique_ptr<const auth::Grant> grant;
    std::int64_t ends_s = 0;  // Unix seconds; 0: its grant does not end
    std::uint32_t errors = 0;
    std::int64_t errors_since_ms = 0;
    hub::TokenBucket messages;
  };

  ws::RequestAnswer let_in(const Served& served, const ws::HttpRequest& request);
  std::optional<ws::HttpReply> count_forwarded(ws::Slot slot, const ws::HttpRequest& request);
  const Served* serving(std::string_view path) const;
  bool admit(ws::Slot slot, Route& route);
  std::variant<auth::Grant, auth::Refusal> identify(auth::KeyStore& keys, const ws::HttpRequest& request);
  std::variant<auth::Grant, auth::Refusal> look_at(auth::KeyStore& keys, const auth::Credential& credential);
  std::variant<const auth::Grant*, auth::Refusal> take_token(ws::Slot slot, std::string_view token);
  void set_end(ws::Slot slot);
  void close_expired();
  void close_unheld(const Protocol& protocol, const auth::Gate& gate);

  const Options& options_;
  ServerState& state_;
  const Pages& pages_;
  SessionTraces traces_;
  ReceptionCounters counters_;
  ws::Sessions* sessions_ = nullptr;
  std::vector<Served> served_;
  std::vector<Client> clients_;                       // by slot
  std::vector<Guest> guests_;                         // by slot; empty where addresses do not count
  Client arriving_;                                   // between its request and its session, which follows at once
  std::set<std::pair<std::int64_t, ws::Slot>> ends_;  // of grants, by time
  boost::uuids::random_generator new_id_;
};

}  // namespace wsf::fanout
