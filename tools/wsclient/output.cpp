#include "wsclient/output.hpp"

#include "base/exit_codes.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace wsf::wsclient {

void write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) return;
    if (written < 0)
      throw base::StartupError(
          base::Exit::runtime,
          fmt::format("cannot write to {}: {}", fd == STDOUT_FILENO ? "stdout" : "stderr", std::strerror(errno)));
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_line(int fd, std::string text) {
  text += '\n';
  write_all(fd, text);
}

void complain(std::string_view line) {
  write_line(STDERR_FILENO, fmt::format("wsclient: {}", line));
}

std::string as_one_line(std::string_view message) {
  std::string line(message);
  std::ranges::replace(line, '\n', ' ');
  std::ranges::replace(line, '\r', ' ');
  return line;
}

}  // namespace wsf::wsclient
