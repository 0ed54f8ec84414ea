#include "protocol/fx_rates.hpp"
#include "protocol/json_text.hpp"
#include "protocol/reply_text.hpp"

namespace wsf::protocol {
namespace {

constexpr std::string_view kPairs = "currencyPairs";

std::string open_connected(std::string_view session_id) {
  std::string reply = R"({"type":"connected","message":"Connected to FX Rates WebSocket","sessionId":)";
  append_quoted(reply, session_id);
  return reply;
}

}  // namespace

std::string connected(std::string_view session_id) {
  return closed(open_connected(session_id), "");
}

std::string connected(std::string_view session_id, std::string_view user, std::optional<std::int64_t> expires_s) {
  std::string reply = open_connected(session_id);
  append_user(reply, user, expires_s);
  return closed(std::move(reply), "");
}

std::string subscribed(const std::vector<std::string>& pairs, std::string_view id_json, const Recovered& recovered,
                       std::string_view session) {
  std::string reply = R"({"type":"subscribed",)";
  append_names(reply, kPairs, pairs);
  reply += R"(,"message":"Successfully subscribed to )" + std::to_string(pairs.size()) + R"( currency pairs")";
  for (std::size_t i = 0; i < recovered.size(); ++i) {
    reply += i == 0 ? R"(,"recovered":{)" : ",";
    append_quoted(reply, recovered[i].first);
    reply += recovered[i].second ? ":true" : ":false";
  }
  if (!recovered.empty()) reply += '}';
  if (!session.empty()) {
    reply += R"(,"session":)";
    append_quoted(reply, session);
  }
  return closed(std::move(reply), id_json);
}

std::string gap(std::string_view pair, const base::Position& from, const std::optional<base::Position>& to) {
  std::string text = R"({"type":"gap","currencyPair":)";
  append_quoted(text, pair);
  text += R"(,"from":")" + to_text(from) + R"(","to":)";
  text += to ? '"' + to_text(*to) + '"' : "null";
  return text + '}';
}

std::string stale(std::string_view pair, std::int64_t since_epoch_ms) {
  std::string text = R"({"type":"stale","currencyPair":)";
  append_quoted(text, pair);
  return text + R"(,"since":)" + std::to_string(since_epoch_ms) + '}';
}

std::string live(std::string_view pair) {
  std::string text = R"({"type":"live","currencyPair":)";
  append_quoted(text, pair);
  return text + '}';
}

std::string unsubscribed(const std::vector<std::string>& pairs, std::string_view id_json) {
  std::string reply = R"({"type":"unsubscribed",)";
  append_names(reply, kPairs, pairs);
  return closed(std::move(reply), id_json);
}

std::string pong(std::int64_t epoch_ms, std::string_view id_json) {
  return closed(R"({"type":"pong","timestamp":")" + std::to_string(epoch_ms) + '"', id_json);
}

std::string invalid_pairs_error(const std::vector<std::string>& refused, std::string_view id_json) {
  return closed(open_names_error("Invalid currency pair: ", "invalid_pair", kPairs, refused), id_json);
}

std::string denied_pairs_error(const std::vector<std::string>& denied, std::string_view id_json) {
  return closed(open_names_error("Currency pair not allowed: ", "not_allowed", kPairs, denied), id_json);
}

std::string limit_error(std::size_t limit, std::string_view id_json) {
  return error("Subscription limit of " + std::to_string(limit) + " currency pairs exceeded", "subscription_limit",
               id_json);
}

}  // namespace wsf::protocol
