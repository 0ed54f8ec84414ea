#pragma once
// A running server, put together from its parts.

#include "fanout/admin/pages.hpp"
#include "fanout/options.hpp"
#include "fanout/route.hpp"
#include "fanout/server_state.hpp"
#include "hub/update.hpp"

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wsf::auth {
class KeyStore;
}
namespace wsf::kafka {
class EmbeddedBroker;
class PublishedBroker;
}  // namespace wsf::kafka
namespace wsf::net {
class ServerTlsStore;
}
namespace wsf::trace {
class Tracer;
}
namespace wsf::ws {
class Listener;
}

namespace wsf::fanout {

class AdminPort;
class Service;
class Shard;

// As many as it is told, or as this process may use CPUs.
unsigned shards_of(const Options& options);

class Server {
 public:
  // Listens and serves when it returns. Throws base::StartupError.
  explicit Server(Options options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::string address() const;  // HOST:PORT, the port that was found when 0 was asked for
  std::optional<std::string> admin_address() const;
  const Options& options() const { return options_; }

  // Begins to end: no new sessions, the present ones are closed over the drain window. Returns at once.
  void drain();
  bool drained() const;

  // Reads again what changes while it serves: keys, the certificate.
  void reread();
  bool rereads() const { return !keys_.empty() || tls_ != nullptr; }

  // Rounds of the slowest shard's loop: a watchdog sees that it grows.
  std::uint64_t rounds() const;
  const std::vector<std::unique_ptr<Service>>& services() const { return services_; }
  std::uint64_t sessions() const { return state_.admitted; }

 private:
  void choose_io();
  void start_broker();
  void start_shards();
  void make_services();
  void find_keys(Route& route);
  void start_services();
  void stop_services();
  void post(const hub::SharedBatch& batch);
  std::uint64_t sockets_of(std::size_t shard) const;
  std::uint64_t sockets() const;
  Shard& least_loaded();

  Options options_;
  std::unique_ptr<trace::Tracer> tracer_;  // ends last: all others record
  ServerState state_;
  ServerView view_{options_, state_};
  Pages pages_{view_};
  std::vector<std::unique_ptr<auth::KeyStore>> keys_;
  std::unique_ptr<net::ServerTlsStore> tls_;
  std::vector<std::unique_ptr<Service>> services_;
  std::unique_ptr<kafka::EmbeddedBroker> broker_;
  std::unique_ptr<kafka::PublishedBroker> published_broker_;
  std::unique_ptr<ws::Listener> listener_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::vector<std::uint64_t> handed_over_;  // sockets given to each shard; the accepting thread's own
  std::unique_ptr<AdminPort> admin_;
  std::atomic<bool> stopping_{false};
};

}  // namespace wsf::fanout
