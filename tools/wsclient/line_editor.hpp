#pragma once
// One line being typed on the terminal, with history and completion (libedit), while other text may appear above it.
// Main thread; one at a time. The terminal is as before after the destructor.

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

inline constexpr int kMaxHistoryLines = 1000;

class LineEditor {
 public:
  struct Events {
    std::function<void(const std::string& line)> on_line;
    std::function<void()> on_end;  // Ctrl-D on an empty line, or the terminal is gone
    std::function<std::vector<std::string>(std::string_view up_to_cursor)> complete;
  };

  // `history_file` may be "": none is kept. Its folder is made when missing; a file that cannot be used is no error.
  LineEditor(std::string prompt, std::string history_file, Events events);
  ~LineEditor();  // saves the history

  void read_key();                          // when stdin can be read; calls the events
  void print_above(std::string_view text);  // whole lines, without the last line break
  bool discard_line();                      // false: it was empty already
  void resized();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// ${XDG_STATE_HOME:-~/.local/state}/wsclient/history, or "" without a home.
std::string history_path();

}  // namespace wsf::wsclient
