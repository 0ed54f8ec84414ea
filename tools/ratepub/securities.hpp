#pragma once
// The securities whose quotes are made up.

#include "base/settings.hpp"
#include "flags.hpp"
#include "market/symbols.hpp"

#include <vector>

namespace ratepub {

// Of the well-known ones, or of those in --symbols-file: the first N, or those that --symbols names, each once.
// Throws base::StartupError(usage) for names that are none of them.
std::vector<wsf::market::Security> choose_securities(const wsf::base::Settings& settings, const Flags& flags);

}  // namespace ratepub
