#pragma once
// The token that a file holds, so that it stands neither in argv nor in the environment.

#include "base/result.hpp"

#include <optional>
#include <string>

namespace wsf::wsclient {

inline constexpr std::size_t kMaxTokenBytes = 8 * 1024;  // an upgrade request has at most 16 KiB

// The file's contents without surrounding space. The error names the file, never the token.
base::Result<std::string> read_token(const std::string& file);

// A line of warning when others may read the file.
std::optional<std::string> token_file_warning(const std::string& file);

}  // namespace wsf::wsclient
