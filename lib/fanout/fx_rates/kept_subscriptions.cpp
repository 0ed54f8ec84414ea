#include "fanout/fx_rates/kept_subscriptions.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace wsf::fanout {
namespace {

// KEYS: the set and its user. ARGV: the time to live in ms, the user, the pairs.
constexpr std::string_view kKeep = R"lua(
redis.call('DEL', KEYS[1], KEYS[2])
if #ARGV < 3 then return 0 end
for i = 3, #ARGV, 1000 do
  redis.call('SADD', KEYS[1], unpack(ARGV, i, math.min(i + 999, #ARGV)))
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[1])
return 1
)lua";

// KEYS: the set and its user. Both, of one moment.
constexpr std::string_view kRecall = R"lua(
return {redis.call('GET', KEYS[2]), redis.call('SMEMBERS', KEYS[1])}
)lua";

constexpr std::size_t kSessionBytes = 36;  // of a UUID's text

bool is_session(std::string_view text) {
  const auto good = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || c == '-'; };
  return text.size() == kSessionBytes && std::ranges::all_of(text, good);
}

struct Keys {
  std::string pairs, user;
};
Keys keys_of(std::string_view session) {
  return {fmt::format("subscriptions:{}", session), fmt::format("subscriptions:{}:user", session)};
}

Recollection recollection_of(const redis::Reply& reply, std::string_view user) {
  if (reply.items.size() != 2 || reply.items[0].kind != redis::Reply::Kind::bytes) return {};
  if (reply.items[0].text != user) return {};
  Recollection found{.state = Recollection::State::found};
  for (const redis::Reply& pair : reply.items[1].items) found.pairs.push_back(pair.text);
  std::ranges::sort(found.pairs);
  return found;
}

}  // namespace

KeptSubscriptions::KeptSubscriptions(const redis::Options& redis, std::chrono::milliseconds time_to_live)
    : time_to_live_(time_to_live), commands_(redis) {}

KeptSubscriptions::~KeptSubscriptions() {
  if (commands_.up()) commands_.drain(kStopPatience);
}

void KeptSubscriptions::keep(std::string_view session, std::string_view user,
                             std::span<const std::string_view> pairs) {
  const Keys keys = keys_of(session);
  const std::string lives_ms = std::to_string(time_to_live_.count());
  std::vector<std::string_view> parts{"EVAL", kKeep, "2", keys.pairs, keys.user, lives_ms, user};
  parts.insert(parts.end(), pairs.begin(), pairs.end());
  const bool sent = commands_.send(parts, [this](const base::Result<redis::Reply>& answer) {
    if (!answer) note_failure(answer.error().message);
  });
  if (!sent) note_failure("too many commands wait for Redis");
}

void KeptSubscriptions::recall(std::string_view session, std::string_view user, OnRecollection on_recollection) {
  if (!is_session(session)) {
    ++unknown_;
    return on_recollection({});
  }
  const Keys keys = keys_of(session);
  const auto told = [this, user = std::string(user), tell = std::move(on_recollection)](const auto& answer) {
    if (!answer) {
      note_failure(answer.error().message);
      return tell({.state = Recollection::State::unavailable});
    }
    Recollection found = recollection_of(*answer, user);
    ++(found.state == Recollection::State::found ? recalled_ : unknown_);
    tell(std::move(found));
  };
  if (!commands_.send({"EVAL", kRecall, "2", keys.pairs, keys.user}, told)) {
    told(base::Result<redis::Reply>(base::Error{"too many commands wait for Redis"}));
  }
}

void KeptSubscriptions::note_failure(const std::string& why) {
  if (failures_.fetch_add(1) == 0) {
    spdlog::warn("subscriptions cannot be kept in Redis: {} (further failures are counted only)", why);
  }
}

}  // namespace wsf::fanout
