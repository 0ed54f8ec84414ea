#pragma once
// wsload's command line, and what it makes of it.

#include "load/load_run.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace wsload {

struct Options {
  wsf::load::LoadOptions load;
  std::vector<wsf::load::Expectation> expectations;
  std::string json_path;  // empty: none; "-": standard output
};

// The options, or the code to end with: help, version or configuration were shown, or a usage error was told. Throws
// base::StartupError for what shows only when the values are put to use (a name that cannot be looked up).
std::variant<Options, int> read_options(int argc, char** argv);

}  // namespace wsload
