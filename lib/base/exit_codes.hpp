#pragma once
// How a binary ends, and the one exception type of start-up.

#include <stdexcept>
#include <string>

namespace wsf::base {

enum class Exit : int {
  ok = 0,
  runtime = 1,
  usage = 2,
  cannot_connect = 3,
  refused = 4,  // the other side does not let us in
  closed_by_server = 5,
  threshold_missed = 99,
};  // ended by a signal: 128 + its number

// Start-up cannot go on. what() is one line that says what failed, where, and the way out; main() prints it after the
// program's name and ends with code().
class StartupError : public std::runtime_error {
 public:
  StartupError(Exit code, const std::string& line) : std::runtime_error(line), code_(code) {}
  Exit code() const { return code_; }

 private:
  Exit code_;
};

// For a setting that cannot be.
[[noreturn]] inline void refuse(const std::string& line) {
  throw StartupError(Exit::usage, line);
}

}  // namespace wsf::base
