#pragma once
// The sessions of one shard as Redis keeps them (kept_subscriptions.hpp): their pairs are written when they change,
// and now and then so that they live on; a client that comes back with ?session=ID gets those of that session. Does
// nothing where nothing is kept. Used on the shard's thread only.

#include "fanout/door/reception.hpp"
#include "fanout/fx_rates/kept_subscriptions.hpp"
#include "fanout/inbox.hpp"
#include "hub/subscriptions.hpp"
#include "ws/http_request.hpp"
#include "ws/sessions.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace wsf::fanout {

class KeptSessions {
 public:
  // `kept`: nullptr where nothing is kept.
  KeptSessions(KeptSubscriptions* kept, const hub::Subscriptions& subscriptions, const Reception& reception)
      : kept_(kept), subscriptions_(subscriptions), reception_(reception) {}
  void attach(const ws::Sessions& sessions) { sessions_ = &sessions; }

  // The request of the session that is opened next.
  void arrive(const ws::HttpRequest& request);
  void on_open(ws::Slot slot);

  // The client has said something of these pairs itself: whatever it had of them before does not count any more.
  void name(ws::Slot slot, const std::vector<std::string>& pairs);

  // After its pairs have changed.
  void keep(ws::Slot slot) const;
  void on_close(ws::Slot slot);

  // Who asked for the pairs of an earlier session and is still here, with the answer. Also keeps some sessions alive.
  struct Returned {
    ws::Slot slot;
    std::string id;       // of the session that it is now
    std::string session;  // that it was
    Recollection recollection;
  };
  std::vector<Returned> on_tick();

 private:
  void keep_some();

  KeptSubscriptions* const kept_;
  const hub::Subscriptions& subscriptions_;
  const Reception& reception_;
  const ws::Sessions* sessions_ = nullptr;
  std::string arriving_;                                   // session that the next one was
  std::map<ws::Slot, std::vector<std::string>> awaiting_;  // an answer; the pairs that they have named meanwhile
  std::shared_ptr<Inbox<Returned>> returned_ = std::make_shared<Inbox<Returned>>();
  ws::Slot next_ = 0;         // to be kept alive
  std::int64_t kept_ms_ = 0;  // when that was done last
  std::int64_t rest_ = 0;     // of a slot that was due then
};

}  // namespace wsf::fanout
