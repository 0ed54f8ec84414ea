#pragma once
// A WebSocket server for tests of the load generator: it does to the numbers what a script says, and keeps account of
// what it sent. One thread, blocking handshakes, loopback only.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace wsf::load::test {

class ScriptedServer {
 public:
  // The numbers to send to a connection when number `seq` of EURUSD is due; {seq} is the faithful answer.
  using Script = std::function<std::vector<std::uint32_t>(std::size_t connection, std::uint32_t seq)>;

  // Waits for `connections` subscribers, then sends an event every 5 ms until they have gone.
  ScriptedServer(std::size_t connections, Script script);
  ~ScriptedServer();

  // Closes all connections without a word when number `seq` is due. Before the first of them is subscribed.
  void die_at(std::uint32_t seq) { last_ = seq; }

  // What it tells those who ask for positions of the number before, when it left some out: that they were there, that
  // it superseded them, or neither. Before the first is subscribed.
  enum class Told { missing, conflated, nothing };
  void tell(Told told) { told_ = told; }

  std::uint16_t port() const { return port_; }
  std::string first_subscription();  // the text of the first one's message; waits for nothing

  // How many different events due within [from, to) were sent to the connection, of those that a faithful server
  // would have sent.
  struct Account {
    std::uint64_t due = 0, sent = 0;
  };
  Account account(std::size_t connection, std::int64_t from_ns, std::int64_t to_ns);

  // Instead of serving: answers each request with this and closes.
  explicit ScriptedServer(std::string answer);

  // Instead of serving: confirms each client's subscription and answers its close.
  enum ComeAndGo { kComeAndGo };
  explicit ScriptedServer(ComeAndGo);

 private:
  void listen();
  void serve();
  void answer_all();
  void see_off_all();
  int accept_one();
  bool handshake(int fd);
  void send_event(std::uint32_t seq);
  std::string event(std::size_t connection, std::uint32_t seq);
  static bool gone_within(int fd, std::chrono::milliseconds time);

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::size_t wanted_ = 0;
  Script script_;
  std::string answer_;
  std::vector<int> peers_;
  std::vector<std::optional<std::uint32_t>> newest_;  // [connection], sent
  Told told_ = Told::missing;
  bool meta_ = false;
  std::mutex mutex_;
  std::string first_subscription_;
  std::vector<std::int64_t> due_ns_;           // [seq]
  std::vector<std::set<std::uint32_t>> sent_;  // [connection]
  std::atomic<std::uint32_t> last_{std::numeric_limits<std::uint32_t>::max()};
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace wsf::load::test
