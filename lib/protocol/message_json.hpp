#pragma once
// What every client's message is first: JSON within the depth, with members that all protocols read alike. Inside of
// lib/protocol. `Json` is nlohmann's, which the .cpp that includes this has included.

#include "base/json_scan.hpp"
#include "protocol/fx_rates.hpp"
#include "protocol/json_text.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

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

// The member as an error may repeat it.
template <class Json>
std::string shown(const Json& message, const char* member) {
  const auto found = message.find(member);
  if (found == message.end()) return "(missing)";
  const std::string text = found->is_string() ? found->template get<std::string>() : found->dump();
  return std::string(cut_utf8(text, kMaxQuotedBytes));
}

// Whether the client asked for an extension: by a JSON true, nothing else.
template <class Json>
bool asked_for(const Json& message, const char* extension) {
  const auto member = message.find(extension);
  return member != message.end() && *member == true;
}

// The names that a client lists: the good ones in their order, each once, and of the others as much as an error may
// repeat. False when `items` is no array of strings.
template <class Json, class IsGood>
bool sort_names(const Json& items, IsGood is_good, std::vector<std::string>& good,
                std::vector<std::string>& refused) {
  const auto is_string = [](const Json& item) { return item.is_string(); };
  if (!items.is_array() || !std::ranges::all_of(items, is_string)) return false;
  std::unordered_set<std::string_view> seen;
  for (const Json& item : items) {
    const auto& name = item.template get_ref<const std::string&>();
    if (!is_good(name)) {
      refused.emplace_back(cut_utf8(name, kMaxQuotedBytes));
    } else if (seen.insert(name).second) {
      good.push_back(name);
    }
  }
  return true;
}

}  // namespace wsf::protocol
