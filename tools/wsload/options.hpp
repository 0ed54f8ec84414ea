#pragma once
// wsload's command line, and what it makes of it.

#include "load/load_run.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace wsload {

enum class Capacity { none, rate, connections };  // what to find the limit of

struct Comparison {           // of two results
  std::string before, after;  // paths
  double tolerance = 0.1;
};

struct Options {
  wsf::load::LoadOptions load;
  std::vector<wsf::load::Expectation> expectations;
  Capacity capacity = Capacity::none;
  double most_connections = 0;  // that the descriptors allow
  std::string json_path;        // empty: none; "-": standard output
  std::string report_path;
};

// The options, or the code to end with: help, version or configuration were shown, or a usage error was told. Throws
// base::StartupError for what shows only when the values are put to use (a name that cannot be looked up).
std::variant<Options, Comparison, int> read_options(int argc, char** argv);

}  // namespace wsload
