#pragma once
// The field Sec-WebSocket-Extensions read (RFC 6455 section 9.1). Pure function; any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::ws {

struct ExtensionParameter {
  std::string name;
  std::optional<std::string> value;  // a quoted one without its quotes
};

struct Extension {
  std::string name;
  std::vector<ExtensionParameter> parameters;  // in their order, repeated ones included
};

// All lines of the field joined by commas; empty elements of the list are passed over. std::nullopt: malformed, upon
// which the connection must not be made. Linear in the field's size.
std::optional<std::vector<Extension>> parse_extensions(std::string_view field);

}  // namespace wsf::ws
