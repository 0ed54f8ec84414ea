#pragma once
// The query of a request's target.

#include <string>
#include <string_view>
#include <vector>

namespace wsf::ws {

// All values of the parameter, percent-decoded, in their order. None of a query that is malformed (RFC 3986 section
// 3.4).
std::vector<std::string> query_values(std::string_view query, std::string_view name);

}  // namespace wsf::ws
