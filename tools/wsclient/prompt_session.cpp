#include "wsclient/prompt_session.hpp"

#include "wsclient/line_text.hpp"
#include "wsclient/quotes_stream.hpp"
#include "wsclient/server_message.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace wsf::wsclient {
namespace {

using Kind = PromptCommand::Kind;

constexpr std::size_t kMaxPings = 100;     // awaited
constexpr std::size_t kMaxAsked = 10'000;  // awaited; answers to further ones are not waited for
constexpr std::size_t kMaxColumns = 1000;  // of what is printed of a message

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

void add(std::vector<std::string>& names, const std::string& name) {
  if (std::ranges::find(names, name) == names.end() && names.size() < kMaxRows) names.push_back(name);
}

}  // namespace

std::string PromptSession::request_of(const PromptCommand& command, std::int64_t now_us) {
  if (command.kind != Kind::subscribe) ask({});
  switch (command.kind) {
    case Kind::subscribe:
      ask({command.names, without(command.names, subscribed_)});
      for (const auto& name : command.names) add(subscribed_, name);
      return language_.subscribe(command.names, extras_, {});
    case Kind::unsubscribe:
      for (const auto& name : command.names) std::erase(subscribed_, name);
      return language_.unsubscribe(command.names);
    case Kind::ping:
      if (pings_us_.size() < kMaxPings) pings_us_.push_back(now_us);
      return language_.ping();
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
  if (message->type == "heartbeat") return fmt::format("{} heartbeat", clock);
  if (const auto words = explained_error(*message)) return *words;
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
  left_out_.clear();
  if (answer.type == "subscribed") left_out_ = without(unanswered_.front().names, answer.pairs);
  unanswered_.pop_front();
}

// One that names none is about the whole request, of which nothing was done.
void PromptSession::on_refusal(const ServerMessage& error) {
  const Asked asked = unanswered_.empty() ? Asked{} : unanswered_.front();
  const auto& refused = error.pairs.empty() ? asked.added : error.pairs;
  was_refused_ = was_refused_ || !refused.empty();
  for (const auto& name : refused) std::erase(subscribed_, name);
  settle(error);
}

// An error may follow the answer to a request of which other names were accepted, and quotes have one for each name.
void PromptSession::settle(const ServerMessage& error) {
  const auto rest = without(left_out_, error.pairs);
  if (rest.size() < left_out_.size()) {
    left_out_ = rest;
    return;
  }
  if (unanswered_.empty()) return;
  auto& open = unanswered_.front().names;
  const auto still_open = without(open, error.pairs);
  const bool others_follow = still_open.size() < open.size() && !still_open.empty();
  open = still_open;
  if (!others_follow) unanswered_.pop_front();
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
  if (!resume) return language_.subscribe(subscribed_, extras_, {});
  return language_.subscribe(subscribed_, extras_, table_.check().positions(subscribed_));
}

void PromptSession::disconnected() {
  pings_us_.clear();
  unanswered_.clear();
  left_out_.clear();
}

std::vector<std::string> PromptSession::known_names() const {
  auto names = subscribed_;
  for (const auto& row : table_.rows()) add(names, row.pair);
  for (const char* name : language_.best_known) add(names, name);
  return names;
}

}  // namespace wsf::wsclient
