#pragma once
// The whole terminal for a picture that is repainted: the alternate screen, no cursor, keys without echo. Left as it
// was by leave() or the destructor. Main thread.

#include <termios.h>

#include <optional>
#include <string>
#include <vector>

namespace wsf::wsclient {

bool takes_unicode();     // by the locale, once set by setlocale(LC_CTYPE, "")
bool is_dumb_terminal();  // by TERM: no cursor to move

class TerminalScreen {
 public:
  TerminalScreen() = default;
  ~TerminalScreen() { leave(); }
  TerminalScreen(const TerminalScreen&) = delete;
  TerminalScreen& operator=(const TerminalScreen&) = delete;

  void enter();
  void leave();
  bool entered() const { return entered_; }

  // Shows these lines from the top; writes those alone that differ from what is shown. A line must not be wider than
  // the terminal.
  void paint(const std::vector<std::string>& lines);
  void forget();  // what is shown is unknown (the terminal was resized): the next paint() writes everything

  static int height(int fallback);

 private:
  bool entered_ = false;
  std::optional<termios> before_;  // of stdin, when that is a terminal
  std::vector<std::string> shown_;
  bool clear_ = true;
};

}  // namespace wsf::wsclient
