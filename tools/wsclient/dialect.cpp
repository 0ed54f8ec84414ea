#include "wsclient/dialect.hpp"

#include "base/check.hpp"

#include <algorithm>

namespace wsf::wsclient {
namespace {

constexpr std::array kDialects{
    Dialect{.protocol = Protocol::fx_rates,
            .name = "fx-rates",
            .default_url = "ws://127.0.0.1:8082/ws/fx-rates",
            .path = "/ws/fx-rates",
            .update = "update",
            .wants_token = false,
            .has_welcome = true,
            .ping = R"({"action":"ping"})",
            .sign_of_life = "",
            .after_gap = "updates may be missing",
            .pages = {"/readyz", "/actuator/health", nullptr}},
    Dialect{.protocol = Protocol::trading,
            .name = "trading",
            .default_url = "ws://127.0.0.1:3003/ws",
            .path = "/ws",
            .update = "message",
            .wants_token = true,
            .has_welcome = true,
            .ping = R"({"type":"ping"})",
            .sign_of_life = "",
            .after_gap = "events came faster than they were read: they are asked for again, unless --no-resume",
            .pages = {"/ready", "/health", nullptr}},
    Dialect{.protocol = Protocol::notify,
            .name = "notify",
            .default_url = "ws://127.0.0.1:8080/ws",
            .path = "/ws",
            .update = "notification",
            .wants_token = true,
            .has_welcome = false,
            .ping = "",
            .sign_of_life = R"({"type":"pong"})",
            .after_gap = "notifications came faster than they were read: some are lost, fetch them from their source",
            .pages = {"/readyz", "/healthz/redis", "/healthz/websocket"}},
    Dialect{.protocol = Protocol::quotes,
            .name = "quotes",
            .default_url = "ws://127.0.0.1:8080/ws/market-data",
            .path = "/ws/market-data",
            .update = "quote",
            .wants_token = true,
            .has_welcome = false,
            .ping = R"({"type":"ping"})",
            .sign_of_life = "",
            .after_gap = "quotes may be missing",
            .pages = {"/readyz", "/actuator/health", nullptr}},
    Dialect{.protocol = Protocol::quotes_patch,
            .name = "quotes-patch",
            .default_url = "ws://127.0.0.1:8080/ws/quotes",
            .path = "/ws/quotes",
            .update = "message",
            .wants_token = true,
            .has_welcome = false,
            .ping = "",
            .sign_of_life = "",
            .after_gap = "the next connection begins with all quotes anew",
            .pages = {"/readyz", "/actuator/health", nullptr}},
};

}  // namespace

const Dialect& dialect_of(Protocol protocol) {
  return *std::ranges::find(kDialects, protocol, &Dialect::protocol);
}

std::vector<std::string> protocol_names() {
  std::vector<std::string> names;
  names.reserve(kDialects.size());
  for (const auto& dialect : kDialects) names.emplace_back(dialect.name);
  return names;
}

Protocol protocol_named(std::string_view name) {
  const auto* found = std::ranges::find_if(kDialects, [&](const Dialect& one) { return one.name == name; });
  base::check(found != kDialects.end(), "--protocol takes only names of the table");
  return found->protocol;
}

}  // namespace wsf::wsclient
