#pragma once
// The result as one HTML page: no network, no script, light and dark.

#include "load/outcome.hpp"

#include <string>

namespace wsf::load {

std::string report_html(const Outcome& outcome, const Verdict& verdict);

}  // namespace wsf::load
