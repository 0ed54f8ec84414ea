#include "auth/claims.hpp"

#include "base/identifier.hpp"
#include "base/json_scan.hpp"

#include <fnmatch.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <cmath>

namespace wsf::auth {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxPatternBytes = 16;
constexpr std::size_t kSha256Digits = 64;
constexpr double kLatestTimeS = 1e15;  // far beyond any exp that is meant, and exact in a double

bool is_pattern(std::string_view word) {
  const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || c == '*'; };
  return !word.empty() && word.size() <= kMaxPatternBytes && std::ranges::all_of(word, fits);
}

json parse(std::string_view text) {
  if (base::scan_json(text, kMaxJsonDepth) != base::Scan::parsable) return json(json::value_t::discarded);
  return json::parse(text, nullptr, false);
}

// Reads members one after the other; the first that is wrong decides.
class Reader {
 public:
  explicit Reader(const json& claims) : claims_(claims) {}

  const std::optional<Refusal>& refusal() const { return refusal_; }
  void refuse(Refusal refusal) {
    if (!refusal_) refusal_ = refusal;
  }

  const json* find(const char* claim) const {
    const auto at = claims_.find(claim);
    return at == claims_.end() ? nullptr : &*at;
  }

  std::string user() {
    for (const char* claim : {"sub", "userId", "user_id"}) {
      const json* value = find(claim);
      if (value == nullptr) continue;
      const auto* text = value->get_ptr<const std::string*>();
      if (text != nullptr && base::is_id(*text)) return *text;
      break;
    }
    refuse(Refusal::no_user);
    return {};
  }

  // Seconds since the epoch, a fraction of one cut off (RFC 7519 section 2, NumericDate).
  std::optional<std::int64_t> time(const char* claim) {
    const std::optional<double> value = number(claim, -kLatestTimeS, kLatestTimeS);
    if (!value) return std::nullopt;
    return static_cast<std::int64_t>(std::floor(*value));
  }

  std::optional<double> number(const char* claim, double least, double most) {
    const json* value = find(claim);
    if (value == nullptr) return std::nullopt;
    const double out = value->is_number() ? value->get<double>() : NAN;
    if (out >= least && out <= most) return out;
    refuse(Refusal::bad_claims);
    return std::nullopt;
  }

  std::optional<std::string> text(const char* claim) {
    const json* value = find(claim);
    if (value == nullptr) return std::nullopt;
    if (const auto* out = value->get_ptr<const std::string*>()) return *out;
    refuse(Refusal::bad_claims);
    return std::nullopt;
  }

  template <class Fits>
  std::optional<std::vector<std::string>> list(const char* claim, Fits fits) {
    const json* value = find(claim);
    if (value == nullptr) return std::nullopt;
    std::vector<std::string> out;
    for (const json& item : *value) {
      const auto* word = item.get_ptr<const std::string*>();
      if (word == nullptr || !fits(*word) || out.size() == kMaxListed) {
        refuse(Refusal::bad_claims);
        return std::nullopt;
      }
      out.push_back(*word);
    }
    if (!value->is_array()) refuse(Refusal::bad_claims);
    return out;
  }

 private:
  const json& claims_;
  std::optional<Refusal> refusal_;
};

bool one_of(const std::string& word, const std::vector<std::string>& words) {
  return std::ranges::find(words, word) != words.end();
}

void check_times(Reader& claims, const ClaimRules& rules, std::int64_t now_s, Grant& grant) {
  grant.expires_s = claims.time("exp");
  const std::optional<std::int64_t> not_before_s = claims.time("nbf");
  if (!grant.expires_s) return claims.refuse(Refusal::no_expiry);
  if (now_s >= *grant.expires_s + rules.leeway_s) claims.refuse(Refusal::expired);
  if (not_before_s && now_s < *not_before_s - rules.leeway_s) claims.refuse(Refusal::not_yet_valid);
}

void check_issuer(Reader& claims, const ClaimRules& rules) {
  const std::optional<std::string> issuer = claims.text("iss");
  if (!rules.issuers.empty() && !(issuer && one_of(*issuer, rules.issuers))) claims.refuse(Refusal::wrong_issuer);
}

// aud is one text or a list of them (RFC 7519 section 4.1.3).
void check_audience(Reader& claims, const ClaimRules& rules) {
  if (rules.audiences.empty()) return;
  const json* value = claims.find("aud");
  const auto meant = [&](const json& item) {
    const auto* text = item.get_ptr<const std::string*>();
    return text != nullptr && one_of(*text, rules.audiences);
  };
  const bool found = value != nullptr && (value->is_array() ? std::ranges::any_of(*value, meant) : meant(*value));
  if (!found) claims.refuse(Refusal::wrong_audience);
}

// "": there is none.
std::string sha256_of(const json& document) {
  const auto member = document.find("sha256");
  const auto* text = member == document.end() ? nullptr : member->get_ptr<const std::string*>();
  if (text == nullptr || text->size() != kSha256Digits) return {};
  std::string out = *text;
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool hex = std::ranges::all_of(out, [](unsigned char c) { return std::isxdigit(c) != 0; });
  return hex ? out : std::string();
}

void read_entitlements(Reader& claims, Grant& grant) {
  grant.pairs = claims.list("pairs", is_pattern);
  grant.assessments = claims.list("assessments", base::is_id);
  grant.tier = claims.text("tier").value_or("");
  if (const auto most = claims.number("max_subscriptions", 0, 1e9)) {
    grant.max_subscriptions = static_cast<std::uint64_t>(*most);
  }
  grant.max_rate_hz = claims.number("max_rate_hz", 1e-6, 1e9);
}

}  // namespace

bool Grant::allows_pair(std::string_view pair) const {
  if (!pairs) return true;
  const std::string name(pair);
  return std::ranges::any_of(
      *pairs, [&](const std::string& pattern) { return fnmatch(pattern.c_str(), name.c_str(), 0) == 0; });
}

std::variant<Grant, Refusal> judge_claims(std::string_view text, const ClaimRules& rules, std::int64_t now_s) {
  const json document = parse(text);
  if (!document.is_object()) return Refusal::bad_claims;
  Reader claims(document);
  Grant grant;
  check_times(claims, rules, now_s, grant);
  check_issuer(claims, rules);
  check_audience(claims, rules);
  grant.user = claims.user();
  read_entitlements(claims, grant);
  if (claims.refusal()) return *claims.refusal();
  return grant;
}

std::variant<KeyLine, Refusal> read_key_line(std::string_view text) {
  const json document = parse(text);
  if (!document.is_object()) return Refusal::malformed;
  Reader claims(document);
  KeyLine line{sha256_of(document), {}};
  if (line.sha256.empty()) return Refusal::malformed;
  line.grant.user = claims.user();
  read_entitlements(claims, line.grant);
  if (claims.refusal()) return *claims.refusal();
  return line;
}

}  // namespace wsf::auth
