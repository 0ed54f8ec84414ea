#include "fanout/quotes/stream_desk.hpp"

#include "auth/credential.hpp"
#include "auth/key_store.hpp"
#include "base/clock.hpp"

#include <algorithm>
#include <utility>

namespace wsf::fanout {
namespace {

// One of a user's connections, for as long as it lives.
class Place {
 public:
  Place(UserConnections& users, std::string user) : users_(users), user_(std::move(user)) {}
  ~Place() { users_.leave(user_); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

 private:
  UserConnections& users_;
  std::string user_;
};

}  // namespace

StreamDesk::StreamDesk(const QuotesOptions& options, Route& route, QuoteSource& source, const NewestQuotes& newest)
    : options_(options), route_(route), source_(source), newest_(newest) {}

base::Result<grpc::QuotePeer> StreamDesk::admit(std::string_view authorization, std::string_view /*user_id*/) {
  if (authorization.empty() && !options_.grpc_listen->require_token) return grpc::QuotePeer{};
  if (route_.keys == nullptr) return grpc::QuotePeer{};
  const std::int64_t now_ms = base::epoch_ms();
  const auto found = identify(authorization, now_ms / 1'000);
  if (const auto* refusal = std::get_if<auth::Refusal>(&found)) {
    return base::Error{std::string(auth::describe(*refusal))};
  }
  return peer_of(std::get<auth::Grant>(found), now_ms);
}

std::variant<auth::Grant, auth::Refusal> StreamDesk::identify(std::string_view authorization,
                                                              std::int64_t now_s) const {
  const auto credential = auth::find_credential({.authorization = authorization});
  if (const auto* refusal = std::get_if<auth::Refusal>(&credential)) return *refusal;
  auto grant = route_.keys->gate()->admit(std::get<auth::Credential>(credential), now_s);
  if (const auto* refusal = std::get_if<auth::Refusal>(&grant); refusal && *refusal == auth::Refusal::unknown_key) {
    route_.keys->miss_key();
  }
  return grant;
}

grpc::QuotePeer StreamDesk::peer_of(const auth::Grant& grant, std::int64_t now_ms) const {
  grpc::QuotePeer peer{.user = grant.user};
  peer.may_see = [&tiers = options_.tiers, tier = grant.tier](const std::string& symbol) {
    return tiers.allows(tier, symbol);
  };
  peer.max_subscriptions = std::min(options_.max_subscriptions, grant.max_subscriptions.value_or(UINT64_MAX));
  if (grant.expires_s) {
    // One that was within its leeway already lasts to the end of that.
    const std::int64_t leeway_ms = route_.options.keys.rules.leeway_s * 1'000;
    const std::int64_t left_ms = *grant.expires_s * 1'000 - now_ms;
    peer.credential_ends = std::chrono::milliseconds(left_ms > 0 ? left_ms : left_ms + leeway_ms);
  }
  return peer;
}

bool StreamDesk::seat(grpc::QuotePeer& peer) {
  const std::uint64_t most = route_.options.max_connections_per_user;
  if (peer.user.empty() || most == 0) return true;
  if (!route_.users.enter(peer.user, most)) return false;
  peer.place = std::make_shared<const Place>(route_.users, peer.user);
  return true;
}

}  // namespace wsf::fanout
