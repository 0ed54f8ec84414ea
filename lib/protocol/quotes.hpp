#pragma once
// The quotes protocol as pure functions: a client's text in, a command out; replies, and quotes as clients see them.
// No I/O, no clock, no state; any thread.

#include "protocol/quote.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::protocol {

// "quote:{symbol}" in Redis.
std::string quote_channel(std::string_view symbol);
// nullopt: no symbol's channel.
std::optional<std::string_view> symbol_of_channel(std::string_view channel);

// What a client asked for.
//   subscribe, unsubscribe: answer with quotes_subscribed() or quotes_unsubscribed() unless all items were refused
//     (has_answer()), and then with invalid_symbols_error() when `refused` is not empty, and a denied_symbol_error()
//     for each of `denied`.
//   ping: answer with quotes_pong().
//   auth: take the token, or answer with an error.
//   invalid: send `error_reply` and count it; nothing else changes.
struct QuotesCommand {
  enum class Kind : std::uint8_t { subscribe, unsubscribe, ping, auth, invalid } kind = Kind::invalid;
  std::vector<std::string> symbols{};  // valid, in the request's order, each once
  std::vector<std::string> refused{};  // no symbols, each cut at kMaxQuotedBytes at a UTF-8 boundary
  std::vector<std::string> denied{};   // valid, but not for this client: put here by who knows the client
  bool snapshot = false;               // of subscribe: the newest quotes at once; asked for by a JSON true
  std::string token{};                 // of auth; "": missing or no text
  std::string id_json{};               // the JSON text of the request's id, or ""
  std::string error_reply{};

  bool has_answer() const { return !symbols.empty() || (refused.empty() && denied.empty()); }
};

// Costs one JSON document of `text`'s size; the caller bounds that size (--max-message).
QuotesCommand parse_quotes_command(std::string_view text);

// Replies: whole JSON texts. `id_json` becomes the last member "id".
std::string quotes_subscribed(const std::vector<std::string>& symbols, std::string_view id_json);
std::string quotes_unsubscribed(const std::vector<std::string>& symbols, std::string_view id_json);
std::string quotes_pong(std::int64_t now_ms, std::string_view id_json);
std::string invalid_symbols_error(const std::vector<std::string>& refused, std::string_view id_json);
std::string denied_symbol_error(const std::string& symbol, std::string_view id_json);
std::string symbols_limit_error(std::size_t limit, std::string_view id_json);

// To a client that had no message for a while.
inline constexpr std::string_view kQuotesHeartbeat = R"({"type":"heartbeat"})";
// Before the end of a connection, where quotes come by a stream that could not be opened, or that was lost.
inline constexpr std::string_view kServiceUnavailable = R"({"error":"service_unavailable"})";
inline constexpr std::string_view kConnectionLost = R"({"error":"connection_lost"})";

struct QuoteForm {
  bool all_fields = false;  // with change and change_percent
  bool snapshot = false;    // not new, but asked for

  friend bool operator==(const QuoteForm&, const QuoteForm&) = default;
};
// Appends the message of a quote; the symbol is a good one.
void append_quote(std::string& out, std::string_view symbol, const Quote& quote, QuoteForm form);

// As the values of the parameter "fields" in a client's URL ask for: "all" is all of a quote, none the usual.
// nullopt: something else.
std::optional<QuoteForm> parse_quote_form(const std::vector<std::string>& fields);

}  // namespace wsf::protocol
