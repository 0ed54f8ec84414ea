#pragma once
// One shard's sessions between scripted sockets: what a test says as a client, and what the client hears. A test of a
// protocol derives from it, and serves its protocol here.

#include "fakes/scripted_kernel.hpp"
#include "fanout/admin/pages.hpp"
#include "fanout/door/reception.hpp"
#include "fanout/fx_rates/rate_frames.hpp"
#include "fanout/options.hpp"
#include "fanout/peer.hpp"
#include "fanout/server_view.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::fanout {

class SocketsTest : public testing::Test {
 protected:
  explicit SocketsTest(Options server_options = {}, const ws::SessionLimits& limits = {})
      : options(std::move(server_options)), sessions(kernel, reception, limits, now) {
    reception.attach(sessions);
  }
  void serve(Protocol& protocol) {
    reception.add(protocol);
    protocol.attach(sessions);
  }

  // Few bytes may wait, and nobody is pinged.
  static ws::SessionLimits small_outbox() {
    ws::SessionLimits limits;
    limits.outbox.outbox_bytes = 1'000;
    limits.heartbeat_ms = 0;
    return limits;
  }

  // The bytes of the answer to an upgrade.
  std::string request(int fd, std::string_view target, std::string_view more_headers = "") {
    sessions.adopt(fd);
    receive(fd, upgrade_request(target, more_headers));
    return std::exchange(kernel[fd].written, {});
  }
  // The texts that follow it.
  std::vector<std::string> enter(int fd, std::string_view target, std::string_view more_headers = "") {
    const std::string bytes = request(fd, target, more_headers);
    return texts_in(bytes.substr(bytes.find("\r\n\r\n") + 4));
  }
  void receive(int fd, std::string_view bytes) {
    kernel[fd].incoming += bytes;
    sessions.on_ready(kernel.readable(fd));
    sessions.flush();
  }
  std::vector<std::string> heard(int fd) { return texts_in(std::exchange(kernel[fd].written, {})); }
  void unblock(int fd) {
    kernel[fd].takes = SIZE_MAX;
    sessions.on_ready(kernel.writable(fd));
    sessions.flush();
  }
  void pass(std::int64_t ms) {
    now += ms;
    sessions.advance(now);
    sessions.flush();
  }

  Options options;
  ServerState state;
  ServerView view{options, state};
  Pages pages{view};
  ws::ScriptedKernel kernel;
  Reception reception{options, state, pages};
  std::int64_t now = 1'000;
  ws::Sessions sessions;
};

}  // namespace wsf::fanout
