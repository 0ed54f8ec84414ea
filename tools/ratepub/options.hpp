#pragma once
// What ratepub is asked to do: command line, environment and configuration file.

#include "kafka/destination.hpp"
#include "load/faults.hpp"
#include "load/paced_loop.hpp"
#include "load/paced_quotes.hpp"
#include "load/publisher.hpp"
#include "load/replay.hpp"
#include "load/trading_publisher.hpp"
#include "minting.hpp"
#include "redis/options.hpp"
#include "ws/endpoint.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ratepub {

struct RecordPlan {
  std::string path;  // "-": standard output
  bool from_start = false;
  std::uint64_t count = 0;               // records; 0: no limit
  std::chrono::nanoseconds duration{0};  // from the log's head on; 0: no limit
};

struct NotifyPlan {
  std::vector<std::string> users;  // taken in turn
  wsf::load::Pace pace;
  std::string run;  // names this run in each notification
};

struct Options {
  enum class Task { publish, replay, record, mint };
  Task task = Task::publish;
  enum class Protocol { fx_rates, trading, notify, quotes, quotes_patch };
  Protocol protocol = Protocol::fx_rates;
  wsf::load::TradingPlan trading;  // of the protocol trading
  NotifyPlan notify;
  wsf::load::PacedQuotesPlan quotes;  // of quotes and quotes-patch
  wsf::load::PublishPlan plan;        // of fx-rates, as is the rest; its seed is that of the faults as well
  wsf::load::ReplayPlan replay;
  std::string replay_path;
  RecordPlan record;
  MintPlan mint;
  wsf::load::FaultMix faults;
  wsf::kafka::Destination kafka;
  std::optional<wsf::ws::Endpoint> grpc_listen;  // where quotes are served; then they are published nowhere
  wsf::redis::Options redis;                     // where it is published otherwise, if goes_to_redis()
  std::chrono::milliseconds timeout{10'000};
  bool dry_run = false;
};

constexpr bool goes_to_redis(Options::Protocol protocol) {
  using Protocol = Options::Protocol;
  return protocol == Protocol::notify || protocol == Protocol::quotes || protocol == Protocol::quotes_patch;
}

// A number: end with this code (help shown, a usage error told). Throws base::StartupError(usage).
std::variant<Options, int> read_options(int argc, char** argv);

}  // namespace ratepub
