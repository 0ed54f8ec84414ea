#pragma once
// What every client's message is first: JSON within the depth, with members that all protocols read alike. Inside of
// lib/protocol. `Json` is nlohmann's, which the .cpp that includes this has included.

#include "base/json_scan.hpp"
#include "protocol/fx_rates.hpp"

#include <string>
#include <string_view>

namespace wsf::protocol {

// Discarded if it is none; nlohmann's number overflow and ill-formed UTF-8 end as a discarded value too.
template <class Json>
Json parse_message(std::string_view text) {
  if (base::scan_json(text, kMaxJsonDepth) != base::Scan::parsable) return Json(Json::value_t::discarded);
  return Json::parse(text, nullptr, false);
}

// The JSON text of the request's id, to be repeated; "" without one, and for one that is too long or of another kind.
template <class Json>
std::string id_of(const Json& message) {
  const auto id = message.find("id");
  if (id == message.end()) return {};
  if (id->is_string()) return id->template get_ref<const std::string&>().size() <= kMaxIdBytes ? id->dump() : "";
  return id->is_number() ? id->dump() : "";
}

// "" when the member is missing or no text.
template <class Json>
std::string text_of(const Json& message, const char* member) {
  const auto found = message.find(member);
  return found != message.end() && found->is_string() ? found->template get<std::string>() : std::string();
}

}  // namespace wsf::protocol
