#pragma once
// Headers as OTEL_EXPORTER_OTLP_HEADERS lists them: NAME=VALUE, the value percent-encoded (W3C Baggage section 3.2).
// Pure function.

#include "base/result.hpp"
#include "trace/options.hpp"

#include <string>
#include <vector>

namespace wsf::trace {

// The error says which item is wrong by its number alone: values are secret. A name is a token (RFC 9110 section
// 5.6.2), a value has no control characters.
base::Result<std::vector<Header>> parse_headers(const std::vector<std::string>& items);

}  // namespace wsf::trace
