#include "fanout/server.hpp"

#include "auth/key_store.hpp"
#include "base/exit_codes.hpp"
#include "fanout/admin/admin_port.hpp"
#include "fanout/fx_rates/service.hpp"
#include "fanout/notify/service.hpp"
#include "fanout/quotes/grpc_quotes.hpp"
#include "fanout/quotes/redis_quotes.hpp"
#include "fanout/quotes/service.hpp"
#include "fanout/quotes_patch/service.hpp"
#include "fanout/shard.hpp"
#include "fanout/trading/service.hpp"
#include "kafka/broker_file.hpp"
#include "kafka/embedded_broker.hpp"
#include "net/server_tls_store.hpp"
#include "protocol/trading.hpp"
#include "trace/tracer.hpp"
#include "ws/listener.hpp"
#include "ws/uring_kernel.hpp"

#include <sched.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace wsf::fanout {
namespace {

constexpr int kEmbeddedPartitions = 3;
constexpr std::chrono::milliseconds kFeedPause{1};  // between tries, while a shard is behind

void use_embedded(kafka::ConnectionOptions& connection, const std::string& brokers) {
  connection.brokers = brokers;
  connection.event_hubs_connection_string.clear();
  connection.embedded = true;
}

std::unique_ptr<QuoteSource> quote_source(const QuotesOptions& options) {
  if (options.grpc) return std::make_unique<GrpcQuotes>(*options.grpc);
  return std::make_unique<RedisQuotes>(options.redis, options.max_event_bytes);
}

std::unique_ptr<Service> make_quotes(const Options& options) {
  return std::make_unique<QuotesService>(*options.quotes, quote_source(*options.quotes), quote_server(options));
}

}  // namespace

unsigned shards_of(const Options& options) {
  cpu_set_t set;
  if (options.shards != 0) return options.shards;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<unsigned>(std::max(1, CPU_COUNT(&set)));
}

Server::Server(Options options) : options_(std::move(options)) {
  options_.shards = shards_of(options_);
  state_.addresses.set(options_.max_connections_per_address, options_.max_connection_rate_per_address);
  choose_io();
  if (options_.trace.on()) tracer_ = std::make_unique<trace::Tracer>(options_.trace);
  state_.tracer = tracer_.get();
  if (options_.tls.any()) {
    tls_ = std::make_unique<net::ServerTlsStore>(options_.tls);
    view_.certificate = tls_.get();
  }
  if (options_.embedded_broker) start_broker();
  make_services();
  listener_ = std::make_unique<ws::Listener>(options_.host, options_.port);
  start_shards();
  try {
    start_services();
    if (options_.admin) admin_ = std::make_unique<AdminPort>(options_.admin->host, options_.admin->port, pages_);
  } catch (...) {
    stop_services();  // they post to the shards, which end first
    throw;
  }
}

// The admin port ends first (it looks at everything), then the feeds (they post to the shards), then the shards (they
// use the listener, the services and the state).
Server::~Server() {
  if (!state_.draining) {
    for (const auto& shard : shards_) shard->drain(std::chrono::milliseconds{0});
  }
  admin_.reset();
  stop_services();
  shards_.clear();
}

void Server::stop_services() {
  stopping_ = true;
  for (const auto& service : services_) service->stop();
}

std::string Server::address() const {
  return listener_->address();
}

std::optional<std::string> Server::admin_address() const {
  if (!admin_) return std::nullopt;
  return admin_->address();
}

void Server::drain() {
  state_.draining = true;
  for (const auto& service : services_) service->drain(options_.drain);
  for (const auto& shard : shards_) shard->drain(options_.drain);
}

void Server::reread() {
  for (const auto& keys : keys_) keys->reread();
  if (tls_) tls_->reread();
}

bool Server::drained() const {
  return std::ranges::all_of(shards_, [](const auto& shard) { return shard->finished(); }) &&
         std::ranges::all_of(services_, [](const auto& service) { return service->drained(); });
}

std::uint64_t Server::rounds() const {
  std::uint64_t least = UINT64_MAX;
  for (const auto& shard : shards_) least = std::min(least, shard->rounds());
  return least;
}

void Server::choose_io() {
  using Io = Options::Io;
  const bool available = options_.io != Io::epoll && ws::UringKernel::available();
  if (options_.io == Io::uring && !available) {
    throw base::StartupError(base::Exit::runtime,
                             "--io uring: this kernel, or the container's seccomp filter, does not allow io_uring "
                             "(--io auto uses epoll then)");
  }
  if (options_.io == Io::automatic) options_.io = available ? Io::uring : Io::epoll;
}

void Server::start_broker() {
  std::vector<std::string> topics;
  const bool rates = options_.fx_rates && options_.fx_rates->from_kafka();
  if (rates) topics.push_back(options_.fx_rates->topic);
  if (options_.trading) topics.insert(topics.end(), protocol::kTradingTopics.begin(), protocol::kTradingTopics.end());
  broker_ = std::make_unique<kafka::EmbeddedBroker>(topics, kEmbeddedPartitions);
  published_broker_ = std::make_unique<kafka::PublishedBroker>(broker_->brokers(), topics.front());
  if (!published_broker_->published()) {
    spdlog::warn(
        "another wsfanout of this user has an embedded broker: ratepub and wsload find that one (for this "
        "one: --brokers {})",
        broker_->brokers());
  }
  if (rates) use_embedded(options_.fx_rates->kafka, broker_->brokers());
  if (options_.trading) use_embedded(options_.trading->kafka, broker_->brokers());
  spdlog::warn(
      "embedded broker on {}: for trying out, it keeps 5 MiB a partition in memory and forgets all at the end",
      broker_->brokers());
}

void Server::make_services() {
  if (options_.fx_rates) services_.push_back(std::make_unique<FxRatesService>(*options_.fx_rates));
  if (options_.trading) services_.push_back(std::make_unique<TradingService>(*options_.trading));
  if (options_.notify) services_.push_back(std::make_unique<NotifyService>(*options_.notify));
  if (options_.quotes) services_.push_back(make_quotes(options_));
  if (options_.quotes_patch) services_.push_back(std::make_unique<PatchService>(*options_.quotes_patch));
  for (const auto& service : services_) {
    find_keys(service->route());
    if (tracer_) service->trace_to(*tracer_);
    view_.services.push_back(service.get());
  }
}

// Routes with the same keys share them.
void Server::find_keys(Route& route) {
  if (!route.options.keys.any()) return;
  for (const auto& service : services_) {
    const Route& other = std::as_const(*service).route();
    if (other.keys == nullptr || other.options.keys != route.options.keys) continue;
    route.keys = other.keys;
    return;
  }
  keys_.push_back(std::make_unique<auth::KeyStore>(route.options.keys));
  route.keys = keys_.back().get();
}

void Server::start_shards() {
  std::vector<Service*> services;
  for (const auto& service : services_) services.push_back(service.get());
  for (unsigned i = 0; i < options_.shards; ++i) {
    shards_.push_back(std::make_unique<Shard>(options_, state_, pages_, services, tls_.get()));
    shards_.back()->show_to(view_);
  }
  handed_over_.resize(shards_.size());
  shards_.front()->accept_from(
      *listener_, [this] { return sockets(); },
      [this](int fd, const Guest& guest) { least_loaded().adopt(fd, guest); });
}

void Server::start_services() {
  for (std::size_t i = 0; i < services_.size(); ++i) {
    services_[i]->start([this, i](std::shared_ptr<hub::UpdateBatch> batch) {
      batch->service = static_cast<std::uint8_t>(i);
      post(std::move(batch));
    });
  }
  for (const auto& shard : shards_) shard->start();
}

// On a feed's thread. A shard that is far behind holds the feed up: the log keeps what is not yet read, and the
// client library's own queue is bounded.
void Server::post(const hub::SharedBatch& batch) {
  for (const auto& shard : shards_) {
    while (!shard->post(batch)) {
      if (stopping_ || shard->finished()) return;
      state_.feed_waits.fetch_add(1, std::memory_order_relaxed);
      std::this_thread::sleep_for(kFeedPause);
    }
  }
}

// On the accepting thread. A shard's own count lags behind what was handed to it, so both are kept.
std::uint64_t Server::sockets_of(std::size_t shard) const {
  const ws::SessionCounters& counters = shards_[shard]->counters();
  const std::uint64_t ended = counters.accepted.value() - static_cast<std::uint64_t>(counters.connections.value());
  return handed_over_[shard] - std::min(ended, handed_over_[shard]);
}

std::uint64_t Server::sockets() const {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < shards_.size(); ++i) total += sockets_of(i);
  return total;
}

Shard& Server::least_loaded() {
  std::size_t best = 0;
  std::uint64_t best_load = UINT64_MAX;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    const std::uint64_t load = sockets_of(i);
    if (load >= best_load) continue;
    best = i;
    best_load = load;
  }
  ++handed_over_[best];
  return *shards_[best];
}

}  // namespace wsf::fanout
