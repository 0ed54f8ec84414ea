#include "protocol/replies.hpp"

#include "protocol/json_text.hpp"
#include "protocol/reply_text.hpp"

#include <fmt/chrono.h>

#include <ctime>

namespace wsf::protocol {

std::string closed(std::string reply, std::string_view id_json) {
  if (!id_json.empty()) {
    reply += R"(,"id":)";
    reply += id_json;
  }
  reply += '}';
  return reply;
}

std::string open_error(std::string_view message, std::string_view code) {
  std::string reply = R"({"type":"error","message":)";
  append_quoted(reply, message);
  reply += R"(,"code":)";
  append_quoted(reply, code);
  return reply;
}

std::string open_names_error(std::string message, std::string_view code, std::string_view member,
                             const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) message.append(i > 0 ? ", " : "").append(names[i]);
  std::string reply = open_error(message, code) + ',';
  append_names(reply, member, names);
  return reply;
}

void append_names(std::string& out, std::string_view member, const std::vector<std::string>& names) {
  out += '"';
  out += member;
  out += "\":[";
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ',';
    append_quoted(out, names[i]);
  }
  out += ']';
}

void append_user(std::string& reply, std::string_view user, std::optional<std::int64_t> expires_s) {
  reply += R"(,"userId":)";
  append_quoted(reply, user);
  if (expires_s)
    reply += fmt::format(R"(,"expiresAt":"{:%FT%TZ}")", fmt::gmtime(static_cast<std::time_t>(*expires_s)));
}

std::string authenticated(std::string_view user, std::optional<std::int64_t> expires_s, std::string_view id_json) {
  std::string reply = R"({"type":"authenticated")";
  append_user(reply, user, expires_s);
  return closed(std::move(reply), id_json);
}

std::string error(std::string_view message, std::string_view code, std::string_view id_json) {
  return closed(open_error(message, code), id_json);
}

}  // namespace wsf::protocol
