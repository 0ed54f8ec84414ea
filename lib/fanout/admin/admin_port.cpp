#include "fanout/admin/admin_port.hpp"

#include "base/check.hpp"
#include "base/clock.hpp"
#include "fanout/door/request_rules.hpp"

namespace wsf::fanout {
namespace {

ws::SessionLimits limits() {
  ws::SessionLimits out;
  out.expected_sessions = AdminPort::kMaxConnections;
  return out;
}

}  // namespace

AdminPort::AdminPort(const std::string& host, std::uint16_t port, const Pages& pages)
    : pages_(pages), listener_(host, port), sessions_(kernel_, *this, limits(), base::steady_ms()) {
  boost::system::error_code ec;
  kernel_.watch(listener_.fd(), kListenerToken, ws::Interest::read, ec);
  base::check(!ec, "the loop can watch its own listener");
  thread_ = std::thread([this] { run(); });
}

AdminPort::~AdminPort() {
  stopping_ = true;
  thread_.join();
}

ws::RequestAnswer AdminPort::on_request(ws::Slot, const ws::HttpRequest& request) {
  if (auto refusal = break_of_rules(request)) return *refusal;
  return pages_.answer(request);
}

void AdminPort::run() {
  while (!stopping_) {
    const auto events = kernel_.wait(kTickMs);
    sessions_.advance(base::steady_ms());
    for (const ws::ReadyEvent& event : events) {
      if (event.token != kListenerToken) sessions_.on_ready(event);
    }
    accept();
    sessions_.flush();
  }
}

// While there is no room the listener is not watched; each tick looks again.
void AdminPort::accept() {
  const auto full = [this] {
    return sessions_.counters().connections.value() >= static_cast<std::int64_t>(kMaxConnections);
  };
  ws::Listener::Accepted accepted;
  while (!full() && (accepted = listener_.accept()).fd >= 0) sessions_.adopt(accepted.fd);
  const bool pause = full() || accepted.exhausted;
  if (pause == paused_) return;
  paused_ = pause;
  kernel_.change(listener_.fd(), kListenerToken, pause ? ws::Interest::none : ws::Interest::read);
}

}  // namespace wsf::fanout
