// For tests only: the server's session loop with an application that sends every message back as it came. The
// Autobahn suite drives it. Prints "listening on HOST:PORT" on stderr and ends with exit status 0 on SIGTERM or
// SIGINT. echo_server [PORT]: 0, the default, takes a free one.

#include "base/exit_codes.hpp"
#include "ws/listener.hpp"
#include "ws/sessions.hpp"

#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace {

using namespace wsf;

constexpr int kTickMs = 20;
constexpr ws::Token kListenerToken = ~ws::Token{0};
constexpr std::uint64_t kMaxMessageBytes = std::uint64_t{32} << 20;  // the suite's largest has 16 MiB

volatile std::sig_atomic_t stopped = 0;

class Echo final : public ws::Application {
 public:
  void attach(ws::Sessions& sessions) { sessions_ = &sessions; }
  ws::RequestAnswer on_request(ws::Slot, const ws::HttpRequest& request) override {
    if (const auto refused = ws::refuse_upgrade(request)) return *refused;
    return ws::Upgrade{{}, ws::accept_deflate(request.extensions)};
  }
  void on_open(ws::Slot) override {}
  void on_text(ws::Slot slot, std::string_view text) override { echo(slot, ws::Opcode::text, text); }
  void on_binary(ws::Slot slot, std::string_view bytes) override { echo(slot, ws::Opcode::binary, bytes); }
  void on_close(ws::Slot, const ws::Ending&) override {}

 private:
  void echo(ws::Slot slot, ws::Opcode opcode, std::string_view message) {
    ws::SharedFrame frame(ws::frame_of(opcode, message));
    sessions_->publish(slot, frame);
  }

  ws::Sessions* sessions_ = nullptr;
};

std::int64_t steady_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(steady_clock::now().time_since_epoch()).count();
}

ws::SessionLimits limits() {
  ws::SessionLimits limits;
  limits.outbox.outbox_bytes = 4 * kMaxMessageBytes;
  limits.max_message_bytes = kMaxMessageBytes;
  limits.heartbeat_ms = 0;  // the suite counts every frame that it has not asked for as an error
  return limits;
}

void serve(ws::Listener& listener) {
  ws::EpollKernel kernel;
  Echo echo;
  ws::Sessions sessions(kernel, echo, limits(), steady_ms());
  echo.attach(sessions);
  boost::system::error_code ec;
  kernel.watch(listener.fd(), kListenerToken, ws::Interest::read, ec);
  while (!ec && stopped == 0) {
    const auto events = kernel.wait(kTickMs);
    sessions.advance(steady_ms());
    for (const ws::ReadyEvent& event : events) {
      if (event.token != kListenerToken) {
        sessions.on_ready(event);
        continue;
      }
      const int fd = listener.accept().fd;
      if (fd >= 0) sessions.adopt(fd);
    }
    sessions.flush();
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGTERM, [](int) { stopped = 1; });
  std::signal(SIGINT, [](int) { stopped = 1; });
  try {
    ws::Listener listener("127.0.0.1", static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 0));
    std::fprintf(stderr, "listening on %s\n", listener.address().c_str());
    serve(listener);
  } catch (const base::StartupError& e) {
    std::fprintf(stderr, "echo_server: %s\n", e.what());
    return static_cast<int>(e.code());
  }
  return 0;
}
