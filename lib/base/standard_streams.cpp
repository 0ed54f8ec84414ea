#include "base/standard_streams.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace wsf::base {

void write_error_line(std::string_view line) {
  const std::string text = fmt::format("{}\n", line);
  std::fwrite(text.data(), 1, text.size(), stderr);
  std::fflush(stderr);
}

void tell(std::string_view program, std::string_view line) {
  write_error_line(fmt::format("{}: {}", program, line));
}

bool print_out(std::string_view text) {
  const bool taken = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  return std::fflush(stdout) == 0 && taken;
}

void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    struct stat open {};
    if (::fstat(fd, &open) == 0 && (open.st_mode & S_IFMT) != 0) continue;  // none of the kernel's anonymous files
    const int null = ::open("/dev/null", O_RDWR);
    if (null < 0 || null == fd) continue;
    ::dup2(null, fd);
    ::close(null);
  }
}

}  // namespace wsf::base
