#include "options.hpp"

#include "base/exit_codes.hpp"
#include "base/settings.hpp"
#include "load/rate_walk.hpp"

#include <fmt/format.h>

#include <random>

namespace ratepub {
namespace {

namespace base = wsf::base;

constexpr double kMaxRate = 1e6;
constexpr double kLeastInterval_s = 1e-3;
constexpr double kMostTime_s = 86'400.0 * 366;

// As typed; names as in --help.
struct Flags {
  std::vector<std::string> pairs{"10"};
  std::optional<base::Rate> rate;
  base::Duration interval{std::chrono::seconds(5)};
  std::optional<std::uint64_t> count;
  std::optional<base::Duration> duration;
  std::uint64_t seed = 0;
  base::Duration timeout{std::chrono::seconds(10)};
  bool dry_run = false;
};

constexpr const char* kExamples = R"(  ratepub
      10 well-known pairs, each every 5 s, to this machine's wsfanout
  ratepub --brokers kafka:9092 --pairs EURUSD,USDJPY --rate 100/s
      100 events a second in total
  ratepub --pairs 50 --count 1000 --seed 7
      the same 1000 quotes each time
  ratepub --dry-run --count 3 --rate 1000/s | jq .fxRate
      look at the events without a Kafka
)";

void add_kafka(base::Settings& settings, Flags& flags) {
  settings
      .add("--timeout", flags.timeout,
           "how long to wait for the broker at the start, and for it to confirm at the end")
      .range(0.1, 3600)
      .type("TIME")
      .group("Kafka");
}

void add_events(base::Settings& settings, Flags& flags) {
  settings.add("--pairs", flags.pairs, "which currency pairs, or how many of the well-known ones")
      .type("N|PAIR,...")
      .group("Events");
  settings.add("--rate", flags.rate, "events per second, of all pairs together").type("RATE").group("Events");
  settings.add("--interval", flags.interval, "time between two events of each pair (instead of --rate)")
      .range(kLeastInterval_s, kMostTime_s)
      .type("TIME")
      .group("Events");
  settings.add("--count", flags.count, "end after so many events").range(1, 1e15).type("N").group("Events");
  settings.add("--duration", flags.duration, "end after this time")
      .range(1e-3, kMostTime_s)
      .type("TIME")
      .group("Events");
  settings.add("--seed", flags.seed, "the same seed makes the same quotes; 0: others each time").group("Events");
  settings.add("--dry-run", flags.dry_run, "write the events to standard output, one a line, and to no Kafka")
      .group("Events");
}

[[noreturn]] void usage(const std::string& line) {
  throw base::StartupError(base::Exit::usage, line);
}

double rate_per_s(const base::Settings& settings, const Flags& flags, std::size_t pairs) {
  if (!flags.rate) {
    return static_cast<double>(pairs) / std::chrono::duration<double>(flags.interval.value).count();
  }
  if (flags.rate->per_s <= 0 || flags.rate->per_s > kMaxRate) {
    usage(fmt::format("{}: above 0, and at most {}/s", settings.named("rate"), kMaxRate));
  }
  return flags.rate->per_s;
}

wsf::load::PublishPlan plan_of(const base::Settings& settings, const Flags& flags) {
  wsf::load::PublishPlan plan;
  auto pairs = wsf::load::choose_pairs(flags.pairs);
  if (!pairs) usage(fmt::format("{}: {}", settings.named("pairs"), pairs.error().message));
  plan.pairs = *std::move(pairs);
  plan.rate_per_s = rate_per_s(settings, flags, plan.pairs.size());
  plan.count = flags.count.value_or(0);
  if (flags.duration) plan.duration = flags.duration->value;
  std::random_device entropy;
  std::mt19937_64 random{(std::uint64_t{entropy()} << 32) | entropy()};
  plan.seed = flags.seed != 0 ? flags.seed : random();
  plan.run = wsf::load::make_uuid(random);
  return plan;
}

}  // namespace

std::variant<Options, int> read_options(int argc, char** argv) {
  base::Settings settings("ratepub", "Publishes made-up FX rates to Kafka, for wsfanout to serve.", "RATEPUB");
  const wsf::kafka::DestinationFlags destination(settings, "Kafka");
  Flags flags;
  add_kafka(settings, flags);
  add_events(settings, flags);
  settings.exclusive("rate", "interval");
  settings.examples(kExamples);
  Options out;
  settings.rule([&]() -> std::optional<std::string> {
    out.plan = plan_of(settings, flags);
    if (!flags.dry_run) out.kafka = destination.resolve();
    return std::nullopt;
  });
  if (const auto code = settings.parse(argc, argv)) return *code;
  out.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(flags.timeout.value);
  out.dry_run = flags.dry_run;
  return out;
}

}  // namespace ratepub
