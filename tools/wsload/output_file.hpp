#pragma once
// Files that results are written to. A minute's result must not be lost to a mistyped path, so they are looked at
// with the other settings, and opened before the run.

#include <fstream>
#include <optional>
#include <string>

namespace wsload {

// Why nothing could be written there, without making the file; std::nullopt: it seems to be fine. Empty paths and "-"
// always are.
std::optional<std::string> cannot_write(const std::string& path);

// Not open for an empty path and "-". Throws base::StartupError, which begins with `flag`.
std::ofstream open_output(const std::string& path, const std::string& flag);

}  // namespace wsload
