#pragma once
// Where the value of a setting came from: which of two that exclude each other counts, and how an error names it. For
// the tools, at start-up.

#include <string>
#include <string_view>

namespace wsf::base {
class Settings;
}

namespace wsf::load {

enum class Source { unset, file, environment, flag };  // weakest first

// `is_default`: the setting holds the value that it has when nobody sets it. In a file that is no choice, because
// --print-config writes every setting; on the command line and in the environment it is one.
Source source_of(const base::Settings& settings, std::string_view name, bool is_default);

// As an error names it: "--rate", "RATEPUB_RATE", "f.conf:3: rate".
std::string told_as(const base::Settings& settings, std::string_view name);

}  // namespace wsf::load
