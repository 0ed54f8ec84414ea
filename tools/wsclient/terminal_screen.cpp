#include "wsclient/terminal_screen.hpp"

#include "wsclient/output.hpp"

#include <fmt/format.h>
#include <langinfo.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace wsf::wsclient {
namespace {

constexpr std::string_view kEnter = "\x1b[?1049h\x1b[?25l";
constexpr std::string_view kLeave = "\x1b[?25h\x1b[?1049l";

}  // namespace

bool takes_unicode() {
  return std::string_view(::nl_langinfo(CODESET)) == "UTF-8";
}

bool is_dumb_terminal() {
  const char* term = std::getenv("TERM");
  return term == nullptr || *term == '\0' || std::string_view(term) == "dumb";
}

void TerminalScreen::enter() {
  if (entered_) return;
  entered_ = true;
  termios now{};
  if (::tcgetattr(STDIN_FILENO, &now) == 0) {
    before_ = now;
    now.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);  // ISIG stays: Ctrl-C is a signal
    ::tcsetattr(STDIN_FILENO, TCSANOW, &now);
  }
  write_all(STDOUT_FILENO, kEnter);
  forget();
}

void TerminalScreen::leave() {
  if (!entered_) return;
  entered_ = false;
  if (before_) ::tcsetattr(STDIN_FILENO, TCSADRAIN, &*before_);
  [[maybe_unused]] const auto written = ::write(STDOUT_FILENO, kLeave.data(), kLeave.size());  // may not throw
}

void TerminalScreen::paint(const std::vector<std::string>& lines) {
  std::string out;
  if (clear_) out += "\x1b[2J";
  for (std::size_t row = 0; row < std::max(lines.size(), shown_.size()); ++row) {
    const auto& line = row < lines.size() ? lines[row] : std::string();
    if (row < shown_.size() && shown_[row] == line) continue;
    out += fmt::format("\x1b[{};1H\x1b[2K{}", row + 1, line);
  }
  shown_ = lines;
  clear_ = false;
  if (!out.empty()) write_all(STDOUT_FILENO, out);
}

void TerminalScreen::forget() {
  shown_.clear();
  clear_ = true;
}

int TerminalScreen::height(int fallback) {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 ? size.ws_row : fallback;
}

}  // namespace wsf::wsclient
