// wsfanout: market prices from Kafka to WebSocket clients.

#include "base/exit_codes.hpp"
#include "base/log.hpp"
#include "base/settings.hpp"
#include "base/standard_streams.hpp"
#include "fanout/door/socket_budget.hpp"
#include "fanout/server.hpp"
#include "fanout/service.hpp"
#include "options.hpp"
#include "service_manager.hpp"
#include "trace/http_post.hpp"

#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <utility>

namespace {

using std::chrono::steady_clock;
using wsf::fanout::Options;
using wsf::fanout::Server;

constexpr std::chrono::milliseconds kSupervisionTick{100};

// Raises the soft limit of descriptors to the hard one, and the connection limit comes down to what fits.
void fit_descriptors(Options& options) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const std::uint64_t own = wsf::fanout::own_descriptors(options, wsf::fanout::shards_of(options));
  const std::uint64_t sockets = wsf::fanout::most_sockets(options.max_connections);
  if (sockets + own <= limit.rlim_cur) return;
  const std::uint64_t fits = wsf::fanout::sessions_that_fit(limit.rlim_cur, own);
  spdlog::warn(
      "--max-connections {0} needs {1} descriptors ({2} of them for requests under way, {3} of the server's own), "
      "the "
      "limit is {4}: lowered to {5} (ulimit -Hn {1}, or LimitNOFILE={1} in the unit)",
      options.max_connections, sockets + own, sockets - options.max_connections, own, limit.rlim_cur, fits);
  options.max_connections = fits;
}

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

// The next watched signal within the tick; 0: none.
int wait_for_signal(const sigset_t& set) {
  const timespec tick{0, std::chrono::nanoseconds(kSupervisionTick).count()};
  const int signal = sigtimedwait(&set, nullptr, &tick);
  return signal > 0 ? signal : 0;
}

// Tells the manager that every shard's loop has turned since the last time.
class Watchdog {
 public:
  explicit Watchdog(const Server& server) : server_(server), interval_(wsfanout::watchdog_interval()) {}

  void look() {
    if (!interval_ || steady_clock::now() - told_ < *interval_ / 3) return;
    const std::uint64_t rounds = server_.rounds();
    if (rounds == rounds_) return;
    rounds_ = rounds;
    told_ = steady_clock::now();
    wsfanout::notify("WATCHDOG=1");
  }

 private:
  const Server& server_;
  std::optional<std::chrono::microseconds> interval_;
  steady_clock::time_point told_{};
  std::uint64_t rounds_ = 0;
};

// Names that deployments of other services of this kind set.
constexpr std::pair<const char*, const char*> kUnusedEnvironment[] = {
    {"APPINSIGHTS_INSTRUMENTATIONKEY", "metrics are at /metrics and /actuator/metrics"},
    {"EVENTHUB_NAMESPACE", "the connection string names the namespace"},
    {"OTEL_EXPORTER_OTLP_PROTOCOL", "spans go by OTLP/HTTP, as JSON"},
};

// What is served, from where, and what is missing.
void announce(const Server& server) {
  const Options& options = server.options();
  for (const auto& service : server.services()) {
    spdlog::info("wsfanout {} serves {} at {}://{}{} {}", WSF_VERSION, service->name(),
                 options.tls.any() ? "wss" : "ws", server.address(), service->route().options.path,
                 service->summary());
    spdlog::info("{} asks its clients for {}", service->name(), service->route().options.keys.summary());
  }
  spdlog::info("shards={} io={} max-connections={} heartbeat={}ms outbox-age={}ms", options.shards,
               options.io == Options::Io::uring ? "uring" : "epoll", options.max_connections,
               options.heartbeat.count(), options.outbox_age.count());
  if (const auto admin = server.admin_address()) spdlog::info("health and metrics at http://{}", *admin);
  if (options.trace.on()) {
    spdlog::info("spans go to {}: {} % of the traces that begin here, and all that were sampled before",
                 wsf::trace::shown_url(options.trace.url), 100 * options.trace.sample);
  }
  for (const auto& [name, why] : kUnusedEnvironment) {
    if (std::getenv(name) != nullptr) spdlog::info("{} is set and not used: {}", name, why);
  }
  const bool redis = options.fx_rates && options.fx_rates->uses_redis();
  if (!redis && std::getenv("REDIS_HOST") != nullptr) {
    spdlog::info("REDIS_HOST is set and not used: each replica reads the log itself (--feed redis would use it)");
  }
  wsf::base::write_error_line("listening on " + server.address());
  wsfanout::notify("READY=1\nSTATUS=listening on " + server.address());
}

// Until every session has had its close frame, or a second signal comes.
int drain(Server& server, const sigset_t& signals, Watchdog& watchdog) {
  spdlog::info("shutting down: closing {} sessions over {} ms (a second signal ends at once)", server.sessions(),
               server.options().drain.count());
  wsfanout::notify("STOPPING=1");
  server.drain();
  while (!server.drained()) {
    const int signal = wait_for_signal(signals);
    if (signal == SIGTERM || signal == SIGINT) std::_Exit(128 + signal);
    watchdog.look();
  }
  return static_cast<int>(wsf::base::Exit::ok);
}

int serve(Options options) {
  const sigset_t signals = watched_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // inherited by every thread: only this one hears them
  wsf::base::log_in_background();
  fit_descriptors(options);
  Server server(std::move(options));
  announce(server);
  Watchdog watchdog(server);
  for (;;) {
    const int signal = wait_for_signal(signals);
    watchdog.look();
    if (signal == SIGHUP) {
      spdlog::info("SIGHUP: {}", server.rereads() ? "reading keys and certificates again" : "nothing to read again");
      server.reread();
    }
    if (signal == SIGTERM || signal == SIGINT) break;
  }
  const int code = drain(server, signals, watchdog);
  spdlog::info("all sessions closed{}", server.options().embedded_broker ? "; stopping the embedded broker" : "");
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  wsf::base::Settings settings("wsfanout", "Pushes FX rates from Kafka to WebSocket clients.", "WSFANOUT");
  wsfanout::CommandLine command_line(settings);
  if (const auto code = settings.parse(argc, argv)) return *code;
  try {
    const int code = serve(command_line.options());
    wsf::base::stop_logging();
    return code;
  } catch (const wsf::base::StartupError& e) {
    wsf::base::stop_logging();
    wsf::base::tell("wsfanout", e.what());
    return static_cast<int>(e.code());
  }
}
