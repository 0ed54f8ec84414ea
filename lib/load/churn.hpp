#pragma once
// Clients that come and go beside the steady ones: each connects, subscribes, and closes in good order as soon as the
// subscription is confirmed. On a thread and an epoll set of its own, on a schedule that does not depend on how the
// server fares. The thread that calls run() owns everything here; the others read progress() and call stop().

#include "load/client_wire.hpp"
#include "load/dialect.hpp"
#include "stats/counter.hpp"
#include "stats/histogram.hpp"
#include "ws/frame_reader.hpp"

#include <atomic>
#include <cstdint>
#include <deque>
#include <random>
#include <string>
#include <vector>

namespace wsf::load {

struct ChurnOptions {
  Route route;
  double rate_per_s = 1000;  // above 0
  std::uint64_t seed = 1;
};

struct ChurnProgress {
  stats::Counter opened;     // tries
  stats::Counter completed;  // connected, subscribed and closed
  stats::Counter failed;     // anything else
};

class Churn {
 public:
  static constexpr std::uint32_t kMostAtOnce = 1024;
  static constexpr std::int64_t kLifeNs = 10'000'000'000;  // a client that takes longer has failed
  static constexpr std::size_t kReceiveBytes = 64 * 1024;
  static constexpr std::uint64_t kMaxMessageBytes = 1 << 20;

  Churn(ChurnOptions options, const Dialect& dialect);
  ~Churn();
  Churn(const Churn&) = delete;
  Churn& operator=(const Churn&) = delete;

  void run(std::int64_t from_ns);  // steady clock; until stop(), and then until the last has closed
  void stop() { stop_ = true; }

  const ChurnProgress& progress() const { return progress_; }
  // Once run() has returned:
  const stats::Histogram& connect_ns() const { return connect_ns_; }  // TCP connect to 101
  const std::string& first_failure() const { return first_failure_; }

 private:
  enum class State : std::uint8_t { free, connecting, securing, upgrading, subscribing, closing };
  struct Client {
    int fd = -1;
    State state = State::free;
    std::int64_t started_ns = 0;
    net::TlsEngine tls;
    std::string head, key;
    ws::FrameReader reader{ws::Role::client, kMaxMessageBytes};
  };
  struct Started {
    std::int64_t at_ns;
    std::uint32_t slot;
  };

  void open_due(std::int64_t now_ns);
  void open(std::uint32_t slot, std::int64_t now_ns);
  void on_event(std::uint32_t slot);
  void on_connected(std::uint32_t slot);
  void ask_upgrade(std::uint32_t slot);
  void on_bytes(std::uint32_t slot, std::span<char> bytes);
  void on_upgrade_bytes(std::uint32_t slot, std::span<char> bytes);
  void on_frames(std::uint32_t slot, std::span<char> bytes);
  void on_text(std::uint32_t slot, std::string_view text);
  bool subscribe(Client& client);
  void close(std::uint32_t slot);
  void expire(std::int64_t now_ns);
  void end(std::uint32_t slot, std::string_view failure);
  bool send_all(Client& client, std::string_view bytes);
  void watch(int operation, std::uint32_t slot, std::uint32_t events);
  int wait_ms(std::int64_t now_ns) const;

  const ChurnOptions options_;
  ClientWire wire_{options_.route, kReceiveBytes};
  const Dialect& dialect_;
  const std::string first_message_;
  ChurnProgress progress_;
  int epoll_ = -1;
  std::vector<Client> clients_;
  std::vector<std::uint32_t> free_;
  std::deque<Started> started_;  // by time
  std::uint64_t next_ = 0;       // the number of the next client
  std::int64_t from_ns_ = 0;
  std::vector<char> buffer_;
  std::string out_;
  std::mt19937_64 random_;
  stats::Histogram connect_ns_;
  std::string first_failure_;
  std::atomic<bool> stop_{false};
};

}  // namespace wsf::load
