#pragma once
// Which of two settings that exclude each other counts: the one from the stronger source.

#include "base/settings.hpp"

#include <string_view>

namespace wsf::base {

enum class Source { unset, file, environment, flag };  // weakest first

// `is_default`: the setting holds the value that it has when nobody sets it. In a file that is no choice, because
// --print-config writes every setting; on the command line and in the environment it is one.
Source source_of(const Settings& settings, std::string_view name, bool is_default);

}  // namespace wsf::base
