#include "wsclient/prompt_session.hpp"

#include "wsclient/line_text.hpp"
#include "wsclient/server_message.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

namespace wsf::wsclient {
namespace {

using Kind = PromptCommand::Kind;

constexpr std::size_t kMaxPings = 100;     // awaited
constexpr std::size_t kMaxColumns = 1000;  // of what is printed of a message
constexpr std::array kMostTraded{"AUDUSD", "EURGBP", "EURJPY", "EURUSD", "GBPUSD",
                                 "NZDUSD", "USDCAD", "USDCHF", "USDJPY"};

void add(std::vector<std::string>& pairs, const std::string& pair) {
  if (std::ranges::find(pairs, pair) == pairs.end() && pairs.size() < kMaxRows) pairs.push_back(pair);
}

}  // namespace

std::string PromptSession::request_of(const PromptCommand& command, std::int64_t now_us) {
  ++unanswered_;
  switch (command.kind) {
    case Kind::subscribe:
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
  if (message->update) {
    table_.apply(*message->update, now_us);
    return update_line(*message->update, clock, now_us);
  }
  if (message->type == "connected") return fit(message->message, kMaxColumns, true);
  if (unanswered_ > 0) --unanswered_;
  if (message->type == "pong") return on_pong(now_us);
  if (message->type == "subscribed" || message->type == "unsubscribed")
    return fit(fmt::format("{} {}", message->type, fmt::join(message->pairs, " ")), kMaxColumns, true);
  if (message->type == "error") return fit(fmt::format("error: {}", message->message), kMaxColumns, true);
  return fit(raw, kMaxColumns, true);
}

std::string PromptSession::on_pong(std::int64_t now_us) {
  if (pings_us_.empty()) return "pong";
  const auto asked_us = pings_us_.front();
  pings_us_.pop_front();
  return fmt::format("pong after {}", latency_text(std::max<std::int64_t>(now_us - asked_us, 0)));
}

std::optional<std::string> PromptSession::resubscription() {
  if (subscribed_.empty()) return std::nullopt;
  ++unanswered_;
  return subscribe_request(subscribed_, extras_);
}

void PromptSession::disconnected() {
  pings_us_.clear();
  unanswered_ = 0;
}

std::vector<std::string> PromptSession::known_pairs() const {
  auto pairs = subscribed_;
  for (const auto& row : table_.rows()) add(pairs, row.pair);
  for (const char* pair : kMostTraded) add(pairs, pair);
  return pairs;
}

}  // namespace wsf::wsclient
