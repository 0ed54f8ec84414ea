#pragma once
// Progress of long work on stderr: one line, redrawn, on a terminal; elsewhere only the line that closes each phase.

#include <cstdint>
#include <string>
#include <string_view>

namespace wsf::load {

class ProgressLine {
 public:
  // `fd` gets the lines; negative: nobody does.
  explicit ProgressLine(int fd);

  void redraw(std::string_view line);  // at most 10 times a second, cut at the terminal's width
  void finish(std::string_view line);  // stays on the screen
  bool wanted() const { return terminal_; }

 private:
  void write_all(std::string_view text) const;

  int fd_;
  bool terminal_;
  bool drawn_ = false;
  std::int64_t drawn_at_ns_ = 0;
};

}  // namespace wsf::load
