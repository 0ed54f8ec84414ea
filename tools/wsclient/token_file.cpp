#include "wsclient/token_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace wsf::wsclient {

base::Result<std::string> read_token(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return base::Error{fmt::format("cannot read --token-file {}: {}", file, std::strerror(errno))};
  std::string token(kMaxTokenBytes + 1, '\0');
  in.read(token.data(), static_cast<std::streamsize>(token.size()));
  if (in.bad() || (in.gcount() == 0 && !in.eof()))
    return base::Error{fmt::format("cannot read --token-file {}", file)};
  token.resize(static_cast<std::size_t>(in.gcount()));
  const auto begin = token.find_first_not_of(" \t\r\n");
  if (begin == std::string::npos) return base::Error{fmt::format("--token-file {} is empty", file)};
  token = token.substr(begin, token.find_last_not_of(" \t\r\n") - begin + 1);
  const bool printable = std::ranges::all_of(token, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
  if (token.size() > kMaxTokenBytes || !printable)
    return base::Error{
        fmt::format("--token-file {} holds no token: one word of at most {} bytes", file, kMaxTokenBytes)};
  return {boost::system::in_place_value, std::move(token)};
}

std::optional<std::string> token_file_warning(const std::string& file) {
  struct stat status {};
  if (::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode) || (status.st_mode & 077) == 0)
    return std::nullopt;
  return fmt::format("warning: others may read {0} (chmod 600 {0})", file);
}

}  // namespace wsf::wsclient
