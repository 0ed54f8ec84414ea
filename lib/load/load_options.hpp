#pragma once
// What a run of the load generator is asked to do.

#include "kafka/destination.hpp"
#include "load/client_socket.hpp"
#include "load/event_script.hpp"
#include "load/open_loop.hpp"
#include "load/plan.hpp"
#include "load/upgrade.hpp"
#include "market/symbols.hpp"
#include "redis/options.hpp"
#include "ws/url.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace wsf::load {

enum class LoadProtocol { fx_rates, trading, notify, quotes_patch, quotes };

inline constexpr std::uint32_t kMostAssessments = 10'000;
inline constexpr std::size_t kMostMarkets = 100;

const char* name_of(LoadProtocol protocol);  // "fx-rates"

// Events per second, of all keys together, that the protocol's publisher can be asked for.
double most_rate(LoadProtocol protocol);

// Whose events come from Redis, not from Kafka.
constexpr bool is_by_redis(LoadProtocol protocol) {
  return protocol == LoadProtocol::notify || protocol == LoadProtocol::quotes_patch ||
         protocol == LoadProtocol::quotes;
}
// Whose keys are symbols, and whose prices tell what was published.
constexpr bool is_of_quotes(LoadProtocol protocol) {
  return protocol == LoadProtocol::quotes_patch || protocol == LoadProtocol::quotes;
}

struct FeedOptions {
  std::variant<kafka::Destination, redis::Options> broker;  // the latter where is_by_redis()
  EventPlan plan;
};

struct LoadOptions {
  ws::Url url;
  Route route;
  std::uint32_t connections = 10'000;
  std::uint32_t slow = 0;  // of these, so many that do not read
  LoadProtocol protocol = LoadProtocol::fx_rates;
  // Of fx-rates:
  std::vector<std::string> pairs;
  // Of fx-rates, quotes and quotes-patch:
  std::uint32_t pairs_per_connection = 10;  // or symbols
  KeyChoice pair_choice = KeyChoice::by_turns;
  // Of quotes and quotes-patch:
  std::vector<market::Security> securities;
  std::string fields{};  // that the clients ask for, a comma list; empty: what they get without asking
  // Of quotes-patch:
  bool moves_some = false;  // an event moves a random part of the symbols, not all
  bool compact = false;     // they ask for whole quotes where these are shorter
  // Of trading:
  std::vector<std::string> markets{"BTC", "ETH", "SOL"};
  std::uint32_t assessments = 0;  // that the connections are spread over; 0: nothing but prices
  // Of notify and quotes:
  std::uint32_t users = 0;  // that the connections are spread over; 0: as many as connections
  double ramp_per_s = 1000;
  std::chrono::nanoseconds duration{std::chrono::seconds(60)};
  std::chrono::nanoseconds warmup{std::chrono::seconds(1)};
  std::chrono::nanoseconds max_lateness{kMaxLateness};  // of the publisher, for a verdict
  std::chrono::nanoseconds settle{
      std::chrono::milliseconds(500)};  // idle before the first event: memory is read then
  bool verify = false;                  // follow the chain of each subscription, and let closed clients come back
  bool storm = false;                   // in the middle of the window all connections are lost, and come back at once
  double churn_per_s = 0;               // so many clients come and go beside the steady ones, within the window
  std::uint32_t threads = 1;
  Compress compress = Compress::off;  // what the clients offer
  std::vector<std::string> tokens{};  // what the clients bring, in turn; none: nothing
  std::string jwt_secret{};           // where there are no tokens: they are made with it
  std::uint64_t seed = 1;
  std::optional<pid_t> server_pid;  // std::nullopt: looked for when the target is this machine
  std::optional<FeedOptions> feed;  // std::nullopt: another program publishes
  int progress_fd = 2;              // negative: quiet
};

}  // namespace wsf::load
