#include "protocol/quotes.hpp"

#include "base/identifier.hpp"
#include "base/timestamp.hpp"
#include "protocol/message_json.hpp"
#include "protocol/replies.hpp"
#include "protocol/reply_text.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace wsf::protocol {
namespace {

using nlohmann::json;
using Kind = QuotesCommand::Kind;

constexpr std::string_view kChannelPrefix = "quote:";
constexpr std::string_view kSymbols = "symbols";

QuotesCommand invalid(std::string_view message, std::string_view code, std::string id_json) {
  std::string reply = error(message, code, id_json);
  return {.id_json = std::move(id_json), .error_reply = std::move(reply)};
}

QuotesCommand with_symbols(Kind kind, const json& message, std::string id_json) {
  QuotesCommand command{.kind = kind};
  const auto items = message.find(kSymbols);
  if (items == message.end() || !sort_names(*items, base::is_symbol, command.symbols, command.refused)) {
    return invalid("Invalid symbols format", "invalid_format", std::move(id_json));
  }
  command.snapshot = kind == Kind::subscribe && asked_for(message, "snapshot");
  command.id_json = std::move(id_json);
  return command;
}

std::string listed(std::string_view type, const std::vector<std::string>& symbols, std::string_view id_json) {
  std::string reply = R"({"type":")";
  reply += type;
  reply += "\",";
  append_names(reply, kSymbols, symbols);
  return closed(std::move(reply), id_json);
}

void append_number(std::string& out, std::string_view name, std::string_view number) {
  out += ",\"";
  out += name;
  out += "\":";
  out += number;
}

}  // namespace

std::string quote_channel(std::string_view symbol) {
  return std::string(kChannelPrefix).append(symbol);
}

std::optional<std::string_view> symbol_of_channel(std::string_view channel) {
  if (!channel.starts_with(kChannelPrefix)) return std::nullopt;
  channel.remove_prefix(kChannelPrefix.size());
  return base::is_symbol(channel) ? std::optional(channel) : std::nullopt;
}

// A new token comes by "action" as well, as in the other protocols.
QuotesCommand parse_quotes_command(std::string_view text) {
  const json message = parse_message<json>(text);
  if (!message.is_object()) return invalid("Invalid message format", "invalid_json", "");
  std::string id_json = id_of(message);
  const std::string type = text_of(message, "type");
  if (type == "subscribe") return with_symbols(Kind::subscribe, message, std::move(id_json));
  if (type == "unsubscribe") return with_symbols(Kind::unsubscribe, message, std::move(id_json));
  if (type == "ping") return {.kind = Kind::ping, .id_json = std::move(id_json)};
  if (type == "auth" || text_of(message, "action") == "auth") {
    return {.kind = Kind::auth, .token = text_of(message, "token"), .id_json = std::move(id_json)};
  }
  return invalid("Unknown type: " + shown(message, "type"), "unknown_type", std::move(id_json));
}

std::string quotes_subscribed(const std::vector<std::string>& symbols, std::string_view id_json) {
  return listed("subscribed", symbols, id_json);
}

std::string quotes_unsubscribed(const std::vector<std::string>& symbols, std::string_view id_json) {
  return listed("unsubscribed", symbols, id_json);
}

std::string quotes_pong(std::int64_t now_ms, std::string_view id_json) {
  return closed(R"({"type":"pong","timestamp":")" + base::rfc3339(now_ms) + '"', id_json);
}

std::string invalid_symbols_error(const std::vector<std::string>& refused, std::string_view id_json) {
  return closed(open_names_error("Invalid symbol: ", "invalid_symbol", kSymbols, refused), id_json);
}

std::string denied_symbol_error(const std::string& symbol, std::string_view id_json) {
  std::string reply = open_error("Symbol " + symbol + " not allowed for your subscription", "not_allowed") + ',';
  append_names(reply, kSymbols, {symbol});
  return closed(std::move(reply), id_json);
}

std::string symbols_limit_error(std::size_t limit, std::string_view id_json) {
  return error("Subscription limit of " + std::to_string(limit) + " symbols exceeded", "subscription_limit", id_json);
}

void append_quote(std::string& out, std::string_view symbol, const Quote& quote, QuoteForm form) {
  out += R"({"type":"quote","symbol":")";
  out += symbol;
  out += '"';
  append_number(out, "price", quote.price);
  if (form.all_fields) {
    append_number(out, "change", quote.change);
    append_number(out, "change_percent", quote.change_percent);
  }
  out += R"(,"timestamp":")";
  out += base::rfc3339_brief(quote.time_ms);
  out += form.snapshot ? R"(","snapshot":true})" : "\"}";
}

std::optional<QuoteForm> parse_quote_form(const std::vector<std::string>& fields) {
  if (fields.empty()) return QuoteForm{};
  if (fields.size() == 1 && fields.front() == "all") return QuoteForm{.all_fields = true};
  return std::nullopt;
}

}  // namespace wsf::protocol
