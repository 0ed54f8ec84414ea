#include "protocol/event_text.hpp"

#include "base/json_scan.hpp"
#include "base/utf8.hpp"

namespace wsf::protocol {

std::optional<Poison> fault_of_text(std::string_view event, std::size_t max_bytes) {
  if (event.size() > max_bytes) return Poison::too_large;
  if (!base::is_valid_utf8(event)) return Poison::invalid_utf8;
  switch (base::scan_json(event, kMaxJsonDepth)) {
    case base::Scan::too_deep:
      return Poison::too_deep;
    case base::Scan::impossible:
      return Poison::not_json;
    case base::Scan::parsable:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace wsf::protocol
