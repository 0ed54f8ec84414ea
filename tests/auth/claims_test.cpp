#include "auth/claims.hpp"

#include <gtest/gtest.h>

#include <string>

namespace wsf::auth {
namespace {

constexpr std::int64_t kNow = 1'700'000'000;

std::variant<Grant, Refusal> judged(const std::string& members, const ClaimRules& rules = {}) {
  return judge_claims("{" + members + "}", rules, kNow);
}
std::string valid(const std::string& more = "") {
  return R"("sub":"ada","exp":)" + std::to_string(kNow + 60) + more;
}
Grant granted(const std::string& members, const ClaimRules& rules = {}) {
  const auto result = judged(members, rules);
  EXPECT_TRUE(std::holds_alternative<Grant>(result)) << members;
  return std::holds_alternative<Grant>(result) ? std::get<Grant>(result) : Grant{};
}
std::string refused(const std::string& members, const ClaimRules& rules = {}) {
  const auto result = judged(members, rules);
  return std::holds_alternative<Refusal>(result) ? std::string(name(std::get<Refusal>(result))) : "granted";
}
std::string exp(std::int64_t from_now) {
  return R"("sub":"ada","exp":)" + std::to_string(kNow + from_now);
}

TEST(Claims, the_user_is_sub_else_userId_else_user_id) {
  const std::string later = R"("exp":)" + std::to_string(kNow + 60);
  EXPECT_EQ(granted(R"("sub":"a","userId":"b","user_id":"c",)" + later).user, "a");
  EXPECT_EQ(granted(R"("userId":"b","user_id":"c",)" + later).user, "b");
  EXPECT_EQ(granted(R"("user_id":"c",)" + later).user, "c");
  EXPECT_EQ(refused(later), "no_user");
}

TEST(Claims, a_user_is_a_plain_name) {
  for (const char* user :
       {R"("")", R"("a b")", R"("a\nb")", R"("a\u0000")", R"("é")", "7", "null", "[]", R"("a{b}")"}) {
    EXPECT_EQ(refused(R"("sub":)" + std::string(user) + R"(,"userId":"good","exp":)" + std::to_string(kNow + 60)),
              "no_user")
        << user;
  }
  EXPECT_EQ(granted(valid()).user, "ada");
  EXPECT_EQ(refused(R"("sub":")" + std::string(129, 'a') + R"(","exp":)" + std::to_string(kNow + 60)), "no_user");
}

TEST(Claims, exp_is_required_and_passes_with_leeway) {
  EXPECT_EQ(refused(R"("sub":"ada")"), "no_expiry");
  EXPECT_EQ(granted(exp(60)).expires_s, kNow + 60);
  EXPECT_EQ(refused(exp(-29)), "granted");
  EXPECT_EQ(refused(exp(-30)), "expired");
  EXPECT_EQ(granted(R"("sub":"ada","exp":)" + std::to_string(kNow + 1) + ".75").expires_s, kNow + 1);
}

TEST(Claims, a_time_is_a_number_that_can_be_one) {
  for (const char* time : {R"("1800000000")", "null", "[]", "1e300", "-1e300", "true"}) {
    EXPECT_NE(refused(R"("sub":"ada","exp":)" + std::string(time)), "granted") << time;
    EXPECT_EQ(refused(valid(R"(,"nbf":)" + std::string(time))), "bad_claims") << time;
  }
}

TEST(Claims, nbf_counts_with_leeway) {
  EXPECT_EQ(refused(valid(R"(,"nbf":)" + std::to_string(kNow + 30))), "granted");
  EXPECT_EQ(refused(valid(R"(,"nbf":)" + std::to_string(kNow + 31))), "not_yet_valid");
}

TEST(Claims, the_issuer_is_one_of_those_configured) {
  const ClaimRules rules{.issuers = {"https://a", "https://b"}};
  EXPECT_EQ(refused(valid(R"(,"iss":"https://b")"), rules), "granted");
  EXPECT_EQ(refused(valid(R"(,"iss":"https://b/")"), rules), "wrong_issuer");
  EXPECT_EQ(refused(valid(), rules), "wrong_issuer");
  EXPECT_EQ(refused(valid(R"(,"iss":["https://b"])"), rules), "bad_claims");
  EXPECT_EQ(refused(valid(R"(,"iss":"anybody")")), "granted");
}

TEST(Claims, the_audience_is_a_text_or_a_list) {
  const ClaimRules rules{.audiences = {"rates"}};
  EXPECT_EQ(refused(valid(R"(,"aud":"rates")"), rules), "granted");
  EXPECT_EQ(refused(valid(R"(,"aud":["x","rates"])"), rules), "granted");
  EXPECT_EQ(refused(valid(R"(,"aud":["x",7])"), rules), "wrong_audience");
  EXPECT_EQ(refused(valid(R"(,"aud":{"rates":"rates"})"), rules), "wrong_audience");
  EXPECT_EQ(refused(valid(), rules), "wrong_audience");
}

TEST(Claims, pairs_are_patterns) {
  const Grant grant = granted(valid(R"(,"pairs":["EUR*","USDJPY"])"));
  EXPECT_TRUE(grant.allows_pair("EURUSD"));
  EXPECT_TRUE(grant.allows_pair("USDJPY"));
  EXPECT_FALSE(grant.allows_pair("USDCHF"));
  EXPECT_TRUE(granted(valid(R"(,"pairs":["*"])")).allows_pair("USDCHF"));
  EXPECT_TRUE(granted(valid()).allows_pair("USDCHF"));
  EXPECT_FALSE(granted(valid(R"(,"pairs":[])")).allows_pair("USDCHF"));
}

TEST(Claims, entitlements) {
  const Grant grant =
      granted(valid(R"(,"max_subscriptions":3,"max_rate_hz":0.5,"tier":"gold","assessments":["a-1"])"));
  EXPECT_EQ(grant.max_subscriptions, 3u);
  EXPECT_EQ(grant.max_rate_hz, 0.5);
  EXPECT_EQ(grant.tier, "gold");
  EXPECT_EQ(grant.assessments, std::vector<std::string>{"a-1"});
}

TEST(Claims, a_restriction_of_the_wrong_kind_is_none_that_can_be_left_out) {
  for (const char* member : {R"("pairs":"EUR*")", R"("pairs":["EUR?"])", R"("pairs":["eur*"])", R"("pairs":[1])",
                             R"("pairs":null)", R"("pairs":{"a":"EUR*"})", R"("pairs":["EUR*[A-Z]"])",
                             R"("max_subscriptions":"3")", R"("max_subscriptions":-1)", R"("max_rate_hz":0)",
                             R"("max_rate_hz":true)", R"("tier":7)", R"("assessments":["a b"])"}) {
    EXPECT_EQ(refused(valid("," + std::string(member))), "bad_claims") << member;
  }
}

TEST(Claims, are_an_object_of_bounded_depth) {
  EXPECT_EQ(std::get<Refusal>(judge_claims("[]", {}, kNow)), Refusal::bad_claims);
  EXPECT_EQ(std::get<Refusal>(judge_claims("", {}, kNow)), Refusal::bad_claims);
  EXPECT_EQ(std::get<Refusal>(judge_claims("{" + valid() + "}x", {}, kNow)), Refusal::bad_claims);
  EXPECT_EQ(refused(valid(R"(,"x":)" + std::string(9, '[') + std::string(9, ']'))), "bad_claims");
}

TEST(Claims, of_a_key_line_need_no_expiry) {
  const auto result =
      read_key_line(R"({"sha256":")" + std::string(64, 'A') + R"(","sub":"desk-7","pairs":["USD*"]})");
  ASSERT_TRUE(std::holds_alternative<KeyLine>(result));
  const auto& line = std::get<KeyLine>(result);
  EXPECT_EQ(line.sha256, std::string(64, 'a'));
  EXPECT_EQ(line.grant.user, "desk-7");
  EXPECT_EQ(line.grant.expires_s, std::nullopt);
}

}  // namespace
}  // namespace wsf::auth
