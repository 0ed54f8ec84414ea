#include "options.hpp"

#include "base/exit_codes.hpp"
#include "base/settings.hpp"
#include "load/addresses.hpp"
#include "load/rate_walk.hpp"

#include <fmt/format.h>

#include <random>

namespace wsload {
namespace {

using wsf::base::Exit;
using wsf::base::StartupError;
namespace load = wsf::load;

// As typed; names as in --help.
struct Flags {
  std::string url = "ws://127.0.0.1:8082/ws/fx-rates";
  std::uint64_t connections = 10'000;
  std::vector<std::string> pairs = {"50"};
  std::uint64_t pairs_per_connection = 10;
  wsf::base::Rate ramp{1000};
  wsf::base::Rate publish{10};
  std::uint64_t burst = 1;
  bool listen = false;
  wsf::base::Duration duration{std::chrono::seconds(60)};
  wsf::base::Duration warmup{std::chrono::seconds(1)};
  std::vector<std::string> expect;
  std::string json;
  std::vector<std::string> source_addresses;
  std::uint64_t threads = 1;
  std::uint64_t seed = 0;
  std::uint64_t server_pid = 0;
};

constexpr const char* kExamples = R"(  wsload
      10,000 clients with 10 of 50 pairs each, a pair every 5 s, for a minute
  wsload --connections 2000 --expect 'p95<100ms' --expect 'rss<100'
      exit 99 when a threshold is missed
  wsload --listen --pairs EURUSD,GBPUSD --pairs-per-connection 2 --json out.json
      count and time what ratepub publishes meanwhile
)";

void add_load(wsf::base::Settings& settings, Flags& flags) {
  settings.add("--url", flags.url, "the server under load").type("URL").group("Load");
  settings.add("-c,--connections", flags.connections, "how many clients").range(1, 1'000'000).group("Load");
  settings.add("--pairs", flags.pairs, "how many currency pairs there are, or which (a list)")
      .type("N|PAIR,...")
      .group("Load");
  settings.add("--pairs-per-connection", flags.pairs_per_connection, "how many of them each client subscribes to")
      .range(1, static_cast<double>(load::PairNumbers::kMost))
      .group("Load");
  settings.add("--ramp", flags.ramp, "new connections per second; 0: as fast as the server answers")
      .type("RATE")
      .group("Load");
  settings.add("--duration", flags.duration, "how long to measure").range(0.1, 86'400).type("TIME").group("Load");
  settings.add("--warmup", flags.warmup, "events before the measuring begins")
      .range(0, 3600)
      .type("TIME")
      .group("Load");
  settings
      .add("--source-addresses", flags.source_addresses,
           "local addresses to connect from in turn (default: for a loopback target 127.0.0.2 and following, else "
           "the kernel's choice); each has about 28,000 ports")
      .type("ADDRESS,...")
      .group("Load");
  settings.add("--threads", flags.threads, "threads that hold the connections").range(1, 64).group("Load");
  settings.add("--seed", flags.seed, "of the made-up rates and of the masks; 0: another one each time").group("Load");
}

void add_events(wsf::base::Settings& settings, Flags& flags) {
  settings.add("--publish", flags.publish, "events per second, of all pairs together, published on a fixed schedule")
      .type("RATE")
      .group("Events");
  settings.add("--burst", flags.burst, "publish so many events of a pair back to back, at the same rate")
      .range(1, 1000)
      .group("Events");
  settings.add("--listen", flags.listen, "publish nothing: count another's events (ratepub's, or another wsload's)")
      .group("Events");
}

void add_verdict(wsf::base::Settings& settings, Flags& flags) {
  settings
      .add("--expect", flags.expect,
           fmt::format("what must hold, e.g. 'p95<100ms'; repeatable. Metrics: {}. Unless reach or lost is named, "
                       "reach>=100% holds as well",
                       fmt::join(load::metric_names(), " ")))
      .type("METRIC OP VALUE")
      .group("Verdict");
  settings.add("--json", flags.json, "write the result as JSON; - is standard output, in place of the text")
      .type("FILE")
      .group("Verdict");
  settings
      .add("--server-pid", flags.server_pid,
           "the server's process, for its CPU and memory (default: who listens on the port, if it is this machine's)")
      .type("PID")
      .group("Verdict");
}

[[noreturn]] void usage(const std::string& line) {
  throw StartupError(Exit::usage, line);
}

template <class T>
T value_or_usage(wsf::base::Result<T> result, std::string_view flag) {
  if (!result) usage(fmt::format("{}: {}", flag, result.error().message));
  return *std::move(result);
}

std::vector<load::Expectation> read_expectations(const std::vector<std::string>& texts) {
  std::vector<load::Expectation> out;
  bool about_reach = false;
  for (const std::string& text : texts) {
    out.push_back(value_or_usage(load::parse_expectation(text), "--expect"));
    about_reach |= out.back().metric == load::Metric::reach || out.back().metric == load::Metric::lost;
  }
  if (!about_reach) {
    const auto standing = load::default_expectations();
    out.insert(out.begin(), standing.begin(), standing.end());
  }
  return out;
}

load::PublishPlan publish_plan(const Flags& flags, const load::LoadOptions& load_options) {
  load::PublishPlan plan;
  plan.pairs = load_options.pairs;
  plan.rate_per_s = flags.publish.per_s;
  plan.burst = flags.burst;
  plan.duration = flags.warmup.value + flags.duration.value;
  plan.seed = load_options.seed;
  std::mt19937_64 random{std::random_device{}()};
  plan.run = load::make_uuid(random);
  return plan;
}

load::LoadOptions load_options(const Flags& flags) {
  load::LoadOptions out;
  out.url = value_or_usage(wsf::ws::parse_url(flags.url), "--url");
  out.connections = static_cast<std::uint32_t>(flags.connections);
  out.pairs = value_or_usage(load::choose_pairs(flags.pairs), "--pairs");
  if (out.pairs.size() > load::PairNumbers::kMost)
    usage(fmt::format("--pairs: at most {}", load::PairNumbers::kMost));
  if (flags.pairs_per_connection > out.pairs.size()) {
    usage(fmt::format("--pairs-per-connection {} is more than the {} of --pairs", flags.pairs_per_connection,
                      out.pairs.size()));
  }
  out.pairs_per_connection = static_cast<std::uint32_t>(flags.pairs_per_connection);
  out.ramp_per_s = flags.ramp.per_s;
  out.duration = flags.duration.value;
  out.warmup = flags.warmup.value;
  out.threads = static_cast<std::uint32_t>(flags.threads);
  out.seed = flags.seed != 0 ? flags.seed : std::random_device{}();
  if (flags.server_pid != 0) out.server_pid = static_cast<pid_t>(flags.server_pid);
  return out;
}

void find_addresses(const Flags& flags, load::LoadOptions& out) {
  auto address = load::resolve(out.url.host, out.url.port);
  if (!address) throw StartupError(Exit::cannot_connect, address.error().message);
  out.address = *address;
  out.sources = value_or_usage(load::source_addresses(flags.source_addresses, out.address, out.connections),
                               "--source-addresses");
}

}  // namespace

std::variant<Options, int> read_options(int argc, char** argv) {
  wsf::base::Settings settings(
      "wsload", "Opens thousands of WebSocket connections, and proves what a server can carry.", "WSLOAD");
  Flags flags;
  add_load(settings, flags);
  add_events(settings, flags);
  const wsf::kafka::DestinationFlags destination(settings, "Events");
  add_verdict(settings, flags);
  settings.examples(kExamples);
  Options out;
  settings.rule([&]() -> std::optional<std::string> {
    if (flags.listen && !settings.is_default("publish")) return "--listen and --publish exclude each other";
    if (!flags.listen && flags.publish.per_s <= 0)
      return "--publish must be above 0 (or --listen to another's events)";
    out.expectations = read_expectations(flags.expect);
    out.load = load_options(flags);
    if (!flags.listen) out.load.feed = load::FeedOptions{destination.resolve(), publish_plan(flags, out.load)};
    return std::nullopt;
  });
  if (const auto code = settings.parse(argc, argv)) return *code;
  out.json_path = flags.json;
  find_addresses(flags, out.load);
  return out;
}

}  // namespace wsload
