#include "minting.hpp"

#include "auth/key_set.hpp"

#include <nlohmann/json.hpp>

namespace ratepub {

wsf::base::Result<std::string> mint(const MintPlan& plan, std::int64_t now_s) {
  using nlohmann::json;
  json claims{{"sub", plan.user}, {"iat", now_s}, {"exp", now_s + plan.ttl.count()}};
  if (!plan.claims.empty()) {
    const json more = json::parse(plan.claims, nullptr, false);
    if (!more.is_object()) return wsf::base::Error{R"(--claims: no JSON object (try '{"pairs":["EUR*"]}'))"};
    claims.update(more);
  }
  return wsf::auth::sign(claims.dump(-1, ' ', false, json::error_handler_t::replace), plan.secret, plan.algorithm);
}

}  // namespace ratepub
