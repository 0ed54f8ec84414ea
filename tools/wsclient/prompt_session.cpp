#include "wsclient/prompt_session.hpp"

#include "wsclient/line_text.hpp"
#include "wsclient/server_message.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>

namespace wsf::wsclient {
namespace {

using Kind = PromptCommand::Kind;

constexpr std::size_t kMaxPings = 100;     // awaited
constexpr std::size_t kMaxAsked = 10'000;  // awaited; answers to further ones are not waited for
constexpr std::size_t kMaxColumns = 1000;  // of what is printed of a message
constexpr std::array kMostTraded{"AUDUSD", "EURGBP", "EURJPY", "EURUSD", "GBPUSD",
                                 "NZDUSD", "USDCAD", "USDCHF", "USDJPY"};

bool is_status(std::string_view type) {
  return type == "stale" || type == "live";
}

std::vector<std::string> without(std::vector<std::string> words, const std::vector<std::string>& unwanted) {
  std::erase_if(words, [&](const auto& word) { return std::ranges::find(unwanted, word) != unwanted.end(); });
  return words;
}

std::string with_finding(const std::optional<Finding>& finding, std::string line) {
  return finding && is_gap(finding->step) ? fmt::format("{}\n{}", in_words(*finding), line) : line;
}

void add(std::vector<std::string>& pairs, const std::string& pair) {
  if (std::ranges::find(pairs, pair) == pairs.end() && pairs.size() < kMaxRows) pairs.push_back(pair);
}

}  // namespace

std::string PromptSession::request_of(const PromptCommand& command, std::int64_t now_us) {
  if (command.kind != Kind::subscribe) ask({});
  switch (command.kind) {
    case Kind::subscribe:
      ask({command.pairs, without(command.pairs, subscribed_)});
      for (const auto& pair : command.pairs) add(subscribed_, pair);
      return subscribe_request(command.pairs, extras_);
    case Kind::unsubscribe:
      for (const auto& pair : command.pairs) std::erase(subscribed_, pair);
      return unsubscribe_request(command.pairs);
    case Kind::ping:
      if (pings_us_.size() < kMaxPings) pings_us_.push_back(now_us);
      return ping_request();
    default:
      return command.text;
  }
}

std::string PromptSession::on_message(std::string_view raw, std::string_view clock, std::int64_t now_us) {
  const auto message = parse_server_message(raw);
  if (!message) return fit(raw, kMaxColumns, true);
  const auto finding = table_.take(*message, now_us);
  if (message->update) return with_finding(finding, update_line(*message->update, clock, now_us));
  if (message->gap && finding) return in_words(*finding);
  if (message->type == "connected") return fit(message->message, kMaxColumns, true);
  if (is_status(message->type)) return fit(fmt::format("{} is {}", message->pair, message->type), kMaxColumns, true);
  on_answer(*message);
  if (message->type == "pong") return on_pong(now_us);
  if (message->type == "subscribed" || message->type == "unsubscribed")
    return fit(fmt::format("{} {}", message->type, fmt::join(message->pairs, " ")), kMaxColumns, true);
  if (message->type == "error") return fit(fmt::format("error: {}", message->message), kMaxColumns, true);
  return fit(raw, kMaxColumns, true);
}

void PromptSession::ask(Asked asked) {
  if (unanswered_.size() < kMaxAsked) unanswered_.push_back(std::move(asked));
}

void PromptSession::on_answer(const ServerMessage& answer) {
  if (answer.type == "error") return on_refusal(answer);
  if (unanswered_.empty()) return;
  rest_is_refused_ = answer.type == "subscribed" && !without(unanswered_.front().pairs, answer.pairs).empty();
  unanswered_.pop_front();
}

// An error that names pairs may be the second answer to a request of which others were accepted; one that names none
// is about the whole request, of which nothing was done.
void PromptSession::on_refusal(const ServerMessage& error) {
  const Asked asked = unanswered_.empty() ? Asked{} : unanswered_.front();
  const auto& refused = error.pairs.empty() ? asked.added : error.pairs;
  was_refused_ = was_refused_ || !refused.empty();
  for (const auto& pair : refused) std::erase(subscribed_, pair);
  const bool second = !error.pairs.empty() && std::exchange(rest_is_refused_, false);
  if (!unanswered_.empty() && !second) unanswered_.pop_front();
}

std::string PromptSession::on_pong(std::int64_t now_us) {
  if (pings_us_.empty()) return "pong";
  const auto asked_us = pings_us_.front();
  pings_us_.pop_front();
  return fmt::format("pong after {}", latency_text(std::max<std::int64_t>(now_us - asked_us, 0)));
}

std::optional<std::string> PromptSession::resubscription(bool resume) {
  if (subscribed_.empty()) return std::nullopt;
  ask({subscribed_, {}});
  if (!resume) return subscribe_request(subscribed_, extras_);
  return subscribe_request(subscribed_, extras_, table_.check().positions(subscribed_));
}

void PromptSession::disconnected() {
  pings_us_.clear();
  unanswered_.clear();
}

std::vector<std::string> PromptSession::known_pairs() const {
  auto pairs = subscribed_;
  for (const auto& row : table_.rows()) add(pairs, row.pair);
  for (const char* pair : kMostTraded) add(pairs, pair);
  return pairs;
}

}  // namespace wsf::wsclient
