#pragma once
// Health and metrics on a port of their own, for those who shall not see them on the clients' (or the other way
// round). Served by a thread of its own, so it answers while the shards are busy.

#include "fanout/admin/pages.hpp"
#include "ws/kernel.hpp"
#include "ws/listener.hpp"
#include "ws/sessions.hpp"

#include <atomic>
#include <string>
#include <thread>

namespace wsf::fanout {

class AdminPort final : private ws::Application {
 public:
  static constexpr std::size_t kMaxConnections = 256;  // at a time; others wait in the listener's queue
  static constexpr int kTickMs = 50;

  // Throws base::StartupError when it cannot listen there.
  AdminPort(const std::string& host, std::uint16_t port, const Pages& pages);
  ~AdminPort() override;
  AdminPort(const AdminPort&) = delete;
  AdminPort& operator=(const AdminPort&) = delete;

  std::string address() const { return listener_.address(); }

 private:
  static constexpr ws::Token kListenerToken = ~ws::Token{0};

  ws::RequestAnswer on_request(ws::Slot slot, const ws::HttpRequest& request) override;
  void on_open(ws::Slot) override {}  // nobody is upgraded here
  void on_text(ws::Slot, std::string_view) override {}
  void on_binary(ws::Slot, std::string_view) override {}
  void on_close(ws::Slot, const ws::Ending&) override {}

  void run();
  void accept();

  const Pages& pages_;
  ws::Listener listener_;
  ws::EpollKernel kernel_;
  ws::Sessions sessions_;
  bool paused_ = false;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace wsf::fanout
