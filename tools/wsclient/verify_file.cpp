// verify of a recording: the lines that `subscribe` wrote in a pipe.
#include "base/exit_codes.hpp"
#include "base/terminal.hpp"
#include "wsclient/commands.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/output.hpp"
#include "wsclient/stream.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

namespace wsf::wsclient {
namespace {

constexpr std::size_t kMaxLineBytes = 4 * 1024 * 1024;
constexpr int kLastWords_ms = 200;  // after Ctrl-C, for what the writer of a pipe has still to say
constexpr int kForever = -1;

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  operator int() const { return fd_; }

 private:
  const int fd_;
};

int open_recording(const std::string& file) {
  const int fd = file == "-" ? STDIN_FILENO : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) base::refuse(fmt::format("--file: cannot read {}: {}", file, std::strerror(errno)));
  return fd;
}

// Ctrl-C as a descriptor: in `wsclient subscribe | wsclient verify --file -` it is meant for both, and the verdict is
// still wanted.
int interrupts() {
  sigset_t set;
  ::sigemptyset(&set);
  ::sigaddset(&set, SIGINT);
  ::sigprocmask(SIG_BLOCK, &set, nullptr);
  return ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

class Recording {
 public:
  explicit Recording(const Options& options)
      : options_(options),
        json_(options.json || !base::is_terminal(STDOUT_FILENO)),
        input_(open_recording(options.file)),
        stream_(make_stream(options, {})),
        interrupts_(interrupts()) {}

  int run() {
    while (read_some()) take_lines();
    if (!rest_.empty()) take(rest_);
    const auto verdict = stream_->verdict(std::nullopt);
    write_line(STDOUT_FILENO, json_ ? verdict.json : verdict.line);
    return static_cast<int>(verdict.exit);
  }

 private:
  // False at the end.
  bool read_some() {
    pollfd ready[] = {{input_, POLLIN, 0}, {interrupted_ ? -1 : static_cast<int>(interrupts_), POLLIN, 0}};
    if (::poll(ready, 2, interrupted_ ? kLastWords_ms : kForever) == 0) return false;
    if (ready[1].revents != 0) return interrupted_ = true;
    char bytes[65536];
    const auto count = ::read(input_, bytes, sizeof bytes);
    if (count < 0 && errno != EINTR)
      throw base::StartupError(base::Exit::runtime,
                               fmt::format("cannot read {}: {}", options_.file, std::strerror(errno)));
    if (count > 0) rest_.append(bytes, static_cast<std::size_t>(count));
    return count != 0;
  }

  void take_lines() {
    std::size_t begin = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', begin)) {
      take(std::string_view(rest_).substr(begin, end - begin));
      begin = end + 1;
    }
    rest_.erase(0, begin);
    if (rest_.size() <= kMaxLineBytes) return;
    throw base::StartupError(base::Exit::runtime,
                             fmt::format("line {} is longer than {} bytes: is it a recording of wsclient subscribe?",
                                         line_ + 1, kMaxLineBytes));
  }

  void take(std::string_view text) {
    ++line_;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) return;
    const auto heard = stream_->take(text, 0);
    if (!heard.understood)
      return complain(fmt::format("line {} is no JSON object: {}", line_, fit(text, kMaxShown, true)));
    if (heard.found)
      write_line(STDOUT_FILENO,
                 json_ ? numbered(heard.found->json) : fmt::format("line {}: {}", line_, heard.found->words));
  }

  // The object with the number of its line as a further member.
  std::string numbered(const std::string& json) const {
    return fmt::format(R"({},"line":{}}})", std::string_view(json).substr(0, json.size() - 1), line_);
  }

  static constexpr std::size_t kMaxShown = 60;

  const Options& options_;
  const bool json_;
  const Descriptor input_;
  const std::unique_ptr<Stream> stream_;
  const Descriptor interrupts_;
  std::string rest_;  // of a line whose end has not been read
  std::uint64_t line_ = 0;
  bool interrupted_ = false;
};

}  // namespace

int run_verify_file(const Options& options) {
  return Recording(options).run();
}

}  // namespace wsf::wsclient
