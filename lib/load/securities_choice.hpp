#pragma once
// Which securities a run is about.

#include "base/result.hpp"
#include "market/symbols.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace wsf::load {

inline constexpr std::size_t kMostSecurities = 10'000;

// A count of the well-known ones, or their symbols and others', which get a base price of 100. Each once.
base::Result<std::vector<market::Security>> choose_securities(const std::vector<std::string>& given);

}  // namespace wsf::load
