#pragma once
// Sessions on scripted sockets, with an application that welcomes and echoes; what was written is read back as words.

#include "fakes/scripted_kernel.hpp"
#include "ws/sessions.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wsf::ws {
inline constexpr int kFd = 5;
inline constexpr std::string_view kRequest =
    "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

inline std::string masked(Opcode opcode, std::string_view payload) {
  std::string out;
  append_masked_frame(out, opcode, payload, 0x12345678);
  return out;
}

inline std::string masked_close(std::uint16_t code) {
  std::string out;
  append_masked_close(out, code, "", 0x12345678);
  return out;
}

// Answers "/ws" with an upgrade, says "welcome", echoes texts, and keeps account.
class EchoApplication final : public Application {
 public:
  Sessions* sessions = nullptr;
  std::vector<std::uint16_t> closes;
  int open = 0;
  std::optional<Slot> told_at_close;  // gets a message when any session closes

  RequestAnswer on_request(Slot, const HttpRequest& request) override {
    if (request.path != "/ws") return plain_reply(404, "no such path");
    if (auto refusal = refuse_upgrade(request)) return *refusal;
    return Upgrade{};
  }
  void on_open(Slot slot) override {
    ++open;
    sessions->send(slot, "welcome");
  }
  void on_text(Slot slot, std::string_view text) override { sessions->send(slot, text); }
  void on_binary(Slot slot, std::string_view) override { sessions->close(slot, protocol::CloseCause::binary_frame); }
  void on_close(Slot, const Ending& ending) override {
    --open;
    closes.push_back(ending.code);
    if (told_at_close) sessions->send(*told_at_close, "closed");
  }
};

inline hub::FramePtr update(hub::KeyId key, std::string_view text) {
  hub::FrameSubject subject;
  subject.key = key;
  return frame_of(Opcode::text, text, subject);
}

struct Limits : SessionLimits {
  Limits() {
    heartbeat_ms = 1'000;
    handshake_timeout_ms = 2'000;
    outbox = {.outbox_bytes = 100, .conflate_age_ms = 200, .outbox_age_ms = 600};
  }
};

// Every test runs with sends one by one, and with the sends of a flush put together.
class SessionsTest : public testing::TestWithParam<std::size_t> {
 protected:
  explicit SessionsTest(const SessionLimits& limits = Limits()) : sessions(kernel, app, limits, now) {
    app.sessions = &sessions;
    kernel.together = GetParam();
  }

  void adopt(int fd = kFd) { sessions.adopt(fd); }
  void receive(std::string_view bytes, int fd = kFd) {
    kernel[fd].incoming += bytes;
    sessions.on_ready(kernel.readable(fd));
    sessions.flush();
  }
  void unblock(std::size_t takes = SIZE_MAX, int fd = kFd) {
    kernel[fd].takes = takes;
    sessions.on_ready(kernel.writable(fd));
    sessions.flush();
  }
  void open(int fd = kFd) {
    adopt(fd);
    receive(kRequest, fd);
    written(fd);
  }
  void publish(hub::KeyId key, std::string_view text, Slot slot = 0) {
    sessions.publish(slot, update(key, text));
    sessions.flush();
  }
  void pass(std::int64_t ms) {
    for (const std::int64_t end = now + ms; now < end;) {
      now += TimerWheel::kTickMs;
      sessions.advance(now);
      sessions.flush();
    }
  }
  // What was written since the last look.
  std::string written(int fd = kFd) { return std::exchange(kernel[fd].written, {}); }
  // The same as the payloads of frames, close frames as "close <code> <reason>".
  std::string frames(int fd = kFd) {
    std::string bytes = written(fd);
    std::span<char> rest(bytes);
    FrameReader reader(Role::client, 1 << 20);
    std::string all;
    for (FrameEvent event = reader.next(rest); event.kind != FrameEvent::Kind::need_more; event = reader.next(rest)) {
      if (!all.empty()) all += ' ';
      if (event.kind == FrameEvent::Kind::close) {
        all += "close " + std::to_string(event.close_code) + " " + std::string(event.payload);
        break;
      }
      if (event.kind == FrameEvent::Kind::ping) all += "ping";
      if (event.kind == FrameEvent::Kind::pong) all += "pong:";
      all += event.payload;
    }
    return all;
  }

  ScriptedKernel kernel;
  EchoApplication app;
  std::int64_t now = 1'000'000;
  Sessions sessions;
};

}  // namespace wsf::ws
