#include "protocol/json_text.hpp"
#include "protocol/message_json.hpp"
#include "protocol/reply_text.hpp"
#include "protocol/trading.hpp"

#include <fmt/chrono.h>
#include <nlohmann/json.hpp>

#include <ctime>

namespace wsf::protocol {
namespace {

using nlohmann::json;

constexpr std::int64_t kMsPerS = 1000;
constexpr std::size_t kMaxShownBytes = 32;  // of a refused type that the error repeats

TradingCommand invalid(std::string_view message, std::string_view code) {
  return {.kind = TradingCommand::Kind::invalid, .error = error(message, code, "")};
}

}  // namespace

std::string trading_connected(std::string_view connection_id, std::string_view user, std::int64_t now_ms) {
  std::string text = R"({"type":"connected","connectionId":)";
  append_quoted(text, connection_id);
  text += R"(,"userId":)";
  append_quoted(text, user);
  const auto seconds = fmt::gmtime(static_cast<std::time_t>(now_ms / kMsPerS));
  return text + fmt::format(R"(,"timestamp":"{:%FT%T}.{:03}Z"}})", seconds, now_ms % kMsPerS);
}

std::string trading_ping(std::int64_t now_ms) {
  return fmt::format(R"({{"type":"ping","timestamp":{}}})", now_ms);
}

std::string trading_pong(std::int64_t now_ms) {
  return fmt::format(R"({{"type":"pong","timestamp":{}}})", now_ms);
}

std::string trading_gap(std::string_view assessment, const TopicPosition& since) {
  std::string text = R"({"type":"gap","assessmentId":)";
  append_quoted(text, assessment);
  text += R"(,"since":)";
  append_quoted(text, to_text(since.topic, since.position));
  return text + '}';
}

TradingCommand parse_trading_command(std::string_view text) {
  using Kind = TradingCommand::Kind;
  const json message = parse_message<json>(text);
  if (!message.is_object()) return invalid("Invalid message format", "invalid_json");
  if (text_of(message, "action") == "auth") {
    return {.kind = Kind::auth, .token = text_of(message, "token"), .id_json = id_of(message)};
  }
  const std::string type = text_of(message, "type");
  if (type == "pong") return {.kind = Kind::pong};
  if (type == "ping") return {.kind = Kind::ping};
  return invalid("Unknown type: " + (type.empty() ? "(missing)" : std::string(cut_utf8(type, kMaxShownBytes))),
                 "unknown_type");
}

}  // namespace wsf::protocol
