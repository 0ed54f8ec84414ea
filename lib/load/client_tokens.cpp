#include "load/client_tokens.hpp"

#include "auth/claims.hpp"
#include "auth/key_set.hpp"
#include "auth/token.hpp"
#include "base/clock.hpp"
#include "base/exit_codes.hpp"

#include <fmt/format.h>

#include <chrono>
#include <unordered_set>
#include <variant>

namespace wsf::load {
namespace {

constexpr std::chrono::hours kBeyondTheRun{24};
constexpr std::uint64_t kVisitors = 1024;  // as many as there are at once

std::vector<std::string> minted(const LoadOptions& options, std::string_view prefix, std::uint64_t count) {
  const std::int64_t now_s = base::epoch_ms() / 1000;
  const auto life = std::chrono::duration_cast<std::chrono::seconds>(options.duration + kBeyondTheRun);
  std::vector<std::string> out;
  for (const std::string& user : numbered(prefix, count)) {
    const auto token = auth::sign(
        fmt::format(R"({{"sub":"{}","iat":{},"exp":{}}})", user, now_s, now_s + life.count()), options.jwt_secret);
    if (!token) base::refuse(token.error().message);
    out.push_back(*token);
  }
  return out;
}

std::string user_of(std::string_view token) {
  const auto parts = auth::take_apart(token);
  if (!std::holds_alternative<auth::Token>(parts)) return {};
  const auto grant = auth::judge_claims(std::get<auth::Token>(parts).claims, {}, base::epoch_ms() / 1000);
  return std::holds_alternative<auth::Grant>(grant) ? std::get<auth::Grant>(grant).user : std::string();
}

}  // namespace

std::vector<std::string> users_of_tokens(const std::vector<std::string>& tokens) {
  std::vector<std::string> out;
  std::unordered_set<std::string> seen;
  for (const std::string& token : tokens) {
    out.push_back(user_of(token));
    const std::string number = fmt::format("--token-file: token {}", out.size());
    if (out.back().empty()) base::refuse(number + " names no user, or has ended");
    if (!seen.insert(out.back()).second) base::refuse(number + " is of a user who has one already");
  }
  return out;
}

void add_to_query(ws::Url& url, std::string_view name, std::string_view value) {
  const char joint = url.target.find('?') == std::string::npos ? '?' : '&';
  if (!value.empty()) url.target += fmt::format("{}{}={}", joint, name, value);
}

std::vector<std::string> numbered(std::string_view prefix, std::uint64_t count) {
  std::vector<std::string> out;
  for (std::uint64_t number = 1; number <= count; number++) out.push_back(fmt::format("{}{}", prefix, number));
  return out;
}

std::vector<std::string> tokens_of(const LoadOptions& options, std::uint64_t users) {
  if (!options.tokens.empty() || options.jwt_secret.empty()) return options.tokens;
  return minted(options, "user-", users);
}

std::vector<std::string> tokens_of_visitors(const LoadOptions& options) {
  if (!options.tokens.empty() || options.jwt_secret.empty()) return options.tokens;
  return options.churn_per_s > 0 ? minted(options, "visitor-", kVisitors) : std::vector<std::string>{};
}

}  // namespace wsf::load
