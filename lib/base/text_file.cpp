#include "base/text_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace wsf::base {

Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) return Error{std::strerror(errno)};
  std::string text(max_bytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || (in.gcount() == 0 && !in.eof())) return Error{errno != 0 ? std::strerror(errno) : "cannot be read"};
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > max_bytes) return Error{fmt::format("larger than {} bytes", max_bytes)};
  return {boost::system::in_place_value, std::move(text)};
}

bool others_may_read(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 077) != 0;
}

}  // namespace wsf::base
