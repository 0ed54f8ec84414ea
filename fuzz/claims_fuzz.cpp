// Claims of any form, and lines of an API key file, which have the same members: what is granted lies within its
// bounds.

#include "auth/claims.hpp"
#include "base/check.hpp"

#include <algorithm>
#include <cstdint>

using namespace wsf::auth;
using wsf::base::check;

namespace {

constexpr std::int64_t kNowS = 1'700'000'000;

void check_grant(const Grant& grant) {
  check(is_id(grant.user), "the user has a usable name");
  check(!grant.pairs || grant.pairs->size() <= kMaxListed, "the list of pairs is bounded");
  check(!grant.assessments || std::ranges::all_of(*grant.assessments, is_id), "assessments have usable names");
  check(!grant.max_rate_hz || *grant.max_rate_hz > 0, "a rate is above 0");
  check(grant.pairs || grant.allows_pair("EURUSD"), "without a list every pair is allowed");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const ClaimRules rules;
  const auto judged = judge_claims(text, rules, kNowS);
  const auto line = read_key_line(text);
  if (const auto* key = std::get_if<KeyLine>(&line)) {
    check(key->sha256.size() == 64, "a key has its hash");
    check_grant(key->grant);
  }
  const auto strict = judge_claims(text, {.issuers = {"us"}, .audiences = {"prices"}}, kNowS);
  check(std::holds_alternative<Refusal>(strict) || std::holds_alternative<Grant>(judged), "rules only take away");
  const auto* grant = std::get_if<Grant>(&judged);
  if (grant == nullptr) return 0;
  check_grant(*grant);
  check(grant->expires_s && *grant->expires_s + rules.leeway_s > kNowS, "a token has not ended yet");
  if (const auto* key = std::get_if<KeyLine>(&line)) check(key->grant.user == grant->user, "both name the same user");
  return 0;
}
