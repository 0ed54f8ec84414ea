#include "wsclient/request.hpp"

#include "wsclient/word_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cctype>

namespace wsf::wsclient {
namespace {

std::string request(std::string_view action, const std::vector<std::string>& pairs, std::string_view extras) {
  return fmt::format(R"({{"action":"{}","currencyPairs":[{}{}{}]{}}})", action, pairs.empty() ? "" : "\"",
                     fmt::join(pairs, "\",\""), pairs.empty() ? "" : "\"", extras);
}

std::vector<std::string> resume_members(const std::vector<protocol::ResumePoint>& points) {
  std::vector<std::string> members;
  for (const auto& [pair, position] : points)
    members.push_back(fmt::format(R"("{}":"{}")", pair, protocol::to_text(position)));
  return members;
}

std::string wrong_pair(std::string_view word) {
  std::string capital;
  for (const char c : word)
    if (std::isalpha(static_cast<unsigned char>(c)))
      capital += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (protocol::is_pair(capital)) return fmt::format("{} is no currency pair: did you mean {}?", word, capital);
  return fmt::format("{} is no currency pair: six capital letters, as in EURUSD", word);
}

}  // namespace

std::string subscribe_request(const std::vector<std::string>& pairs, Extras extras,
                              const std::vector<protocol::ResumePoint>& resume) {
  std::string more;
  if (extras.snapshot) more += R"(,"snapshot":true)";
  if (extras.meta) more += R"(,"meta":true)";
  if (extras.status) more += R"(,"status":true)";
  if (extras.max_rate_hz) more += fmt::format(R"(,"maxRateHz":{})", *extras.max_rate_hz);
  if (!resume.empty()) more += fmt::format(R"(,"resume":{{{}}})", fmt::join(resume_members(resume), ","));
  return request("subscribe", pairs, more);
}

std::string unsubscribe_request(const std::vector<std::string>& pairs) {
  return request("unsubscribe", pairs, "");
}

std::string ping_request() {
  return R"({"action":"ping"})";
}

base::Result<std::vector<std::string>> parse_pairs(const std::vector<std::string>& words) {
  auto pairs = split_at_commas(words);
  for (const auto& pair : pairs)
    if (!protocol::is_pair(pair)) return base::Error{wrong_pair(pair)};
  return pairs;
}

}  // namespace wsf::wsclient
