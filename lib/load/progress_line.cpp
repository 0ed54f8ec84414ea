#include "load/progress_line.hpp"

#include "base/clock.hpp"
#include "base/terminal.hpp"

#include <unistd.h>

namespace wsf::load {
namespace {

constexpr std::int64_t kRedrawNs = 100'000'000;
constexpr std::string_view kClearLine = "\r\x1b[K";

// The first `columns` characters of UTF-8 text.
std::string_view cut(std::string_view text, int columns) {
  std::size_t end = 0;
  while (end < text.size()) {
    const bool starts_character = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (starts_character && columns-- == 0) break;
    end++;
  }
  return text.substr(0, end);
}

}  // namespace

ProgressLine::ProgressLine(int fd) : fd_(fd), terminal_(fd >= 0 && base::is_terminal(fd)) {}

void ProgressLine::redraw(std::string_view line) {
  const std::int64_t now = base::steady_ns();
  if (!terminal_ || (drawn_ && now - drawn_at_ns_ < kRedrawNs)) return;
  drawn_ = true;
  drawn_at_ns_ = now;
  write_all(std::string(kClearLine) + std::string(cut(line, base::width(fd_, 80) - 1)));
}

void ProgressLine::finish(std::string_view line) {
  if (fd_ < 0) return;
  write_all((drawn_ ? std::string(kClearLine) : std::string()) + std::string(line) + "\n");
  drawn_ = false;
}

void ProgressLine::write_all(std::string_view text) const {
  while (!text.empty()) {
    const ssize_t written = ::write(fd_, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace wsf::load
