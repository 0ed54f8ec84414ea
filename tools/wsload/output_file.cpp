#include "output_file.hpp"

#include "base/exit_codes.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace wsload {

std::optional<std::string> cannot_write(const std::string& path) {
  if (path.empty() || path == "-") return std::nullopt;
  const std::filesystem::path file = path;
  std::error_code none;
  if (std::filesystem::is_directory(file, none)) return fmt::format("{}: that is a folder", path);
  if (std::filesystem::exists(file, none)) {
    if (access(file.c_str(), W_OK) != 0) return fmt::format("{}: {}", path, std::strerror(errno));
    return std::nullopt;
  }
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  if (!std::filesystem::is_directory(folder, none)) {
    return fmt::format("{}: there is no folder {}", path, folder.string());
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) return fmt::format("{}: {}", path, std::strerror(errno));
  return std::nullopt;
}

std::ofstream open_output(const std::string& path, const std::string& flag) {
  std::ofstream out;
  if (path.empty() || path == "-") return out;
  out.open(path);
  if (!out) {
    wsf::base::refuse(fmt::format("{} {}: cannot write to it", flag, path));
  }
  return out;
}

}  // namespace wsload
