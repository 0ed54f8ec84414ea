#pragma once
// The configuration file's lines: `name = value`, `#` begins a comment at the start of a line or after a blank; a
// value that holds " #", or begins or ends with a blank, stands in double quotes, where \" and \\ mean " and \, and
// \n the end of a line. No sections.

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wsf::base {

struct ConfigLine {
  std::string name;
  std::string value;
  std::size_t line = 0;  // from 1
};

inline constexpr std::size_t kMaxConfigBytes = 1 << 20;

// `path` is for the errors only, which begin with "path:line: ".
Result<std::vector<ConfigLine>> parse_config(std::string_view text, std::string_view path);

// The error names the path and the cause.
Result<std::string> read_config_file(const std::string& path);

// The value as a file may hold it, quoted where it must be.
std::string config_value(std::string_view value);

}  // namespace wsf::base
