#include "options.hpp"

#include "auth/grant.hpp"
#include "auth/key_set.hpp"
#include "base/exit_codes.hpp"
#include "base/identifier.hpp"
#include "base/settings.hpp"
#include "base/text_file.hpp"
#include "base/trimmed.hpp"
#include "base/units.hpp"
#include "load/rate_walk.hpp"
#include "redis/destination.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <random>
#include <unordered_set>

namespace ratepub {
namespace {

namespace base = wsf::base;
namespace load = wsf::load;

constexpr const char* kFxRates = "fx-rates";
constexpr const char* kTrading = "trading";
constexpr const char* kNotify = "notify";
constexpr std::size_t kMaxNames = 100'000;  // assessments, markets, or users
constexpr double kMaxRate = 1e6;
constexpr double kLeastInterval_s = 1e-3;
constexpr double kMostTime_s = 86'400.0 * 366;
constexpr double kLeastSpeed = 1e-3;
constexpr double kMostSpeed = 1e6;

// As typed; names as in --help.
struct Flags {
  std::string protocol{kFxRates};
  std::vector<std::string> pairs{"10"};
  std::vector<std::string> assessments{"10"};
  std::vector<std::string> markets{"BTC", "ETH", "SOL"};
  std::vector<std::string> users{"10"};
  std::optional<base::Rate> rate;
  base::Duration interval{std::chrono::seconds(5)};
  std::optional<std::uint64_t> count;
  std::optional<base::Duration> duration;
  std::uint64_t seed = 0;
  std::vector<std::string> faults;
  std::string record;
  bool from_start = false;
  std::string replay;
  std::string speed = "1";
  bool loop = false;
  base::Duration timeout{std::chrono::seconds(10)};
  bool dry_run = false;
  std::string mint_token;
  std::string jwt_secret, jwt_secret_file;
  std::string jwt_algorithm = "HS256";
  base::Duration token_ttl{std::chrono::hours(1)};
  std::string claims;
};

constexpr const char* kExamples = R"(  ratepub
      10 well-known pairs, each every 5 s, to this machine's wsfanout
  ratepub --brokers kafka:9092 --pairs EURUSD,USDJPY --rate 100/s
      100 events a second in total
  ratepub --pairs 50 --count 1000 --seed 7
      the same 1000 quotes each time
  ratepub --dry-run --count 3 --rate 1000/s | jq .fxRate
      look at the events without a Kafka
  ratepub --record day.ndjson --duration 1h
  ratepub --replay day.ndjson --speed 10 --topic rehearsal
      an hour of real prices, again within 6 minutes
  ratepub --rate 100/s --faults not_json=1%,tombstone=0.1%
      how do readers take bad records?
  ratepub --protocol trading --assessments 100 --rate 500/s
      what a trading service publishes, in its six topics
  ratepub --protocol notify --users ada,bob --count 10
      notifications for two users, by Redis
  ratepub --mint-token ada --jwt-secret-file secret --token-ttl 10m
      a token for a server that knows the same secret
)";

void add_kafka(base::Settings& settings, Flags& flags) {
  settings
      .add("--timeout", flags.timeout,
           "how long to wait for the broker, or Redis, at the start, and for it to confirm at the end")
      .range(0.1, 3600)
      .group("Kafka");
}

void add_events(base::Settings& settings, Flags& flags) {
  settings
      .add("--protocol", flags.protocol,
           "whose events: FX rates, what a trading service publishes, or notifications for users")
      .one_of({kFxRates, kTrading, kNotify})
      .type("NAME")
      .group("Events");
  settings.add("--pairs", flags.pairs, "which currency pairs, or how many of the well-known ones")
      .type("N|PAIR,...")
      .group("Events");
  settings
      .add("--assessments", flags.assessments, "with --protocol trading: ids of the assessments, or how many of them")
      .type("N|ID,...")
      .group("Events");
  settings.add("--markets", flags.markets, "with --protocol trading: names of the markets")
      .type("NAME,...")
      .group("Events");
  settings.add("--users", flags.users, "with --protocol notify: ids of the users, or how many of them")
      .type("N|ID,...")
      .group("Events");
  settings.add("--rate", flags.rate, "events per second, all together").type("RATE").group("Events");
  settings
      .add("--interval", flags.interval,
           "time between two events of each pair, user, or assessment and market (instead of --rate)")
      .range(kLeastInterval_s, kMostTime_s)
      .group("Events");
  settings.add("--count", flags.count, "end after so many events").range(1, 1e15).type("N").group("Events");
  settings.add("--duration", flags.duration, "end after this time").range(1e-3, kMostTime_s).group("Events");
  settings.add("--seed", flags.seed, "the same seed makes the same quotes and faults; 0: others each time")
      .group("Events");
  settings
      .add("--faults", flags.faults,
           "put bad records among the events: a share for all kinds together, or one for each kind (not_json, "
           "tombstone, ...: see the manual page)")
      .type("1%|KIND=1%,...")
      .group("Events");
  settings.add("--dry-run", flags.dry_run, "write the events to standard output, one a line, and nowhere else")
      .group("Events");
}

void add_recordings(base::Settings& settings, Flags& flags) {
  settings
      .add("--record", flags.record, "publish nothing: write what comes to the topic into FILE; - is standard output")
      .type("FILE")
      .group("Recordings");
  settings.add("--from-start", flags.from_start, "record what the topic holds already as well").group("Recordings");
  settings.add("--replay", flags.replay, "publish what FILE holds, byte for byte, at its own times")
      .type("FILE")
      .group("Recordings");
  settings.add("--speed", flags.speed, "replay so many times as fast; max: as fast as it goes")
      .type("N|max")
      .group("Recordings");
  settings.add("--loop", flags.loop, "replay again from the beginning, until --count, --duration or Ctrl-C")
      .group("Recordings");
}

void add_tokens(base::Settings& settings, Flags& flags) {
  settings.add("--mint-token", flags.mint_token, "publish nothing: write a token of this user to standard output")
      .type("USER")
      .group("Tokens");
  settings.add("--jwt-secret", flags.jwt_secret, "the secret to sign it with")
      .env("JWT_SECRET")
      .secret()
      .not_on_command_line()
      .type("SECRET")
      .group("Tokens");
  settings.add("--jwt-secret-file", flags.jwt_secret_file, "a file with the secret").type("FILE").group("Tokens");
  settings.add("--jwt-algorithm", flags.jwt_algorithm, "how it is signed")
      .one_of({"HS256", "HS384", "HS512"})
      .type("NAME")
      .group("Tokens");
  settings.add("--token-ttl", flags.token_ttl, "how long it lives").range(1, kMostTime_s).group("Tokens");
  settings.add("--claims", flags.claims, "further claims, as a JSON object").type("JSON").group("Tokens");
}

// The task first: what has given way to it excludes nothing else.
void add_exclusions(base::Settings& settings) {
  for (const char* other : {"replay", "dry-run", "faults", "rate", "interval", "pairs"}) {
    settings.exclusive("record", other);
  }
  for (const char* other : {"rate", "interval", "pairs"}) settings.exclusive("replay", other);
  settings.exclusive("rate", "interval");
  for (const char* other : {"record", "replay", "dry-run"}) settings.exclusive("mint-token", other);
  settings.exclusive("jwt-secret-file", "jwt-secret");
}

[[noreturn]] void usage(const std::string& line) {
  throw base::StartupError(base::Exit::usage, line);
}

template <class T>
T value_or_usage(base::Result<T> result, const base::Settings& settings, std::string_view flag) {
  if (!result) usage(fmt::format("{}: {}", settings.named(flag), result.error().message));
  return *std::move(result);
}

double rate_per_s(const base::Settings& settings, const Flags& flags, std::size_t names) {
  if (!flags.rate) {
    return static_cast<double>(names) / std::chrono::duration<double>(flags.interval.value).count();
  }
  if (flags.rate->per_s <= 0 || flags.rate->per_s > kMaxRate) {
    usage(fmt::format("{}: above 0, and at most {}/s", settings.named("rate"), kMaxRate));
  }
  return flags.rate->per_s;
}

double speed_of(const base::Settings& settings, const Flags& flags) {
  if (flags.speed == "max") return 0;
  const auto speed = base::parse_number(flags.speed);
  if (!speed || *speed < kLeastSpeed || *speed > kMostSpeed) {
    usage(fmt::format("{}: \"{}\" is neither max nor a number from {} to {:.0f}", settings.named("speed"),
                      flags.speed, kLeastSpeed, kMostSpeed));
  }
  return *speed;
}

// A flag that says how to do what was not asked for is a mistake; elsewhere it may be a habit.
void refuse_lonely_flags(const base::Settings& settings, Options::Task task) {
  const auto belongs = [&](const char* flag, Options::Task to, const char* owner) {
    if (task == to || settings.origin(flag).source != base::Source::flag) return;
    usage(fmt::format("--{} goes with {}", flag, owner));
  };
  belongs("from-start", Options::Task::record, "--record");
  belongs("speed", Options::Task::replay, "--replay");
  belongs("loop", Options::Task::replay, "--replay");
  for (const char* flag : {"jwt-secret-file", "jwt-algorithm", "token-ttl", "claims"}) {
    belongs(flag, Options::Task::mint, "--mint-token");
  }
}

// A flag that another protocol has no use for.
void refuse_foreign_flags(const base::Settings& settings, Options::Protocol protocol) {
  using Protocol = Options::Protocol;
  struct Owners {
    std::vector<Protocol> protocols;
    std::string names;
    std::vector<const char*> flags;
  };
  for (const auto& [protocols, names, flags] : {
           Owners{{Protocol::trading}, kTrading, {"assessments", "markets"}},
           Owners{{Protocol::fx_rates}, kFxRates, {"topic", "pairs", "faults", "record", "replay"}},
           Owners{{Protocol::fx_rates, Protocol::trading},
                  fmt::format("{} and {}", kFxRates, kTrading),
                  {"brokers", "kafka-conf", "seed"}},
           Owners{{Protocol::notify},
                  kNotify,
                  {"users", "redis", "redis-password-file", "redis-tls-ca", "redis-tls-cert", "redis-tls-key"}},
       }) {
    if (std::ranges::find(protocols, protocol) != protocols.end()) continue;
    for (const char* flag : flags)
      if (settings.origin(flag).source == base::Source::flag)
        usage(fmt::format("--{} goes with --protocol {}", flag, names));
  }
}

// Names as given, each once; {"3"}: PREFIX1 to PREFIX3, where a prefix is given.
base::Result<std::vector<std::string>> names_of(const std::vector<std::string>& wanted, std::string_view prefix) {
  std::vector<std::string> out;
  if (wanted.size() == 1 && !prefix.empty()) {
    if (const auto count = base::parse_count(wanted[0])) {
      for (std::uint64_t i = 1; i <= *count && *count <= kMaxNames; i++)
        out.push_back(fmt::format("{}{}", prefix, i));
      if (out.empty()) return base::Error{fmt::format("1 to {}", kMaxNames)};
      return out;
    }
  }
  std::unordered_set<std::string> seen;
  for (const std::string& name : wanted) {
    if (!base::is_id(name)) return base::Error{fmt::format("\"{}\": letters, digits and _.:- only", name)};
    if (seen.insert(name).second) out.push_back(name);
  }
  if (out.empty() || out.size() > kMaxNames) return base::Error{fmt::format("1 to {} of them", kMaxNames)};
  return out;
}

load::TradingPlan trading_plan_of(const base::Settings& settings, const Flags& flags, const load::PublishPlan& all) {
  load::TradingPlan plan;
  plan.assessments = value_or_usage(names_of(flags.assessments, "assessment-"), settings, "assessments");
  plan.markets = value_or_usage(names_of(flags.markets, ""), settings, "markets");
  plan.rate_per_s = rate_per_s(settings, flags, plan.assessments.size() + plan.markets.size());
  plan.count = flags.count.value_or(0);
  if (flags.duration) plan.duration = flags.duration->value;
  plan.seed = all.seed;
  plan.run = all.run;
  return plan;
}

NotifyPlan notify_plan_of(const base::Settings& settings, const Flags& flags, const std::string& run) {
  NotifyPlan plan;
  plan.users = value_or_usage(names_of(flags.users, "user-"), settings, "users");
  plan.pace.rate_per_s = rate_per_s(settings, flags, plan.users.size());
  plan.pace.count = flags.count.value_or(0);
  if (flags.duration) plan.pace.duration = flags.duration->value;
  plan.run = run;
  return plan;
}

load::PublishPlan plan_of(const base::Settings& settings, const Flags& flags) {
  load::PublishPlan plan;
  plan.pairs = value_or_usage(load::choose_pairs(flags.pairs), settings, "pairs");
  plan.rate_per_s = rate_per_s(settings, flags, plan.pairs.size());
  plan.count = flags.count.value_or(0);
  if (flags.duration) plan.duration = flags.duration->value;
  std::random_device entropy;
  std::mt19937_64 random{(std::uint64_t{entropy()} << 32) | entropy()};
  plan.seed = flags.seed != 0 ? flags.seed : random();
  plan.run = load::make_uuid(random);
  return plan;
}

Options::Protocol protocol_named(std::string_view name) {
  if (name == kTrading) return Options::Protocol::trading;
  return name == kNotify ? Options::Protocol::notify : Options::Protocol::fx_rates;
}

MintPlan mint_plan_of(const base::Settings& settings, const Flags& flags) {
  MintPlan out{.user = flags.mint_token,
               .secret = flags.jwt_secret,
               .algorithm = flags.jwt_algorithm,
               .ttl = std::chrono::duration_cast<std::chrono::seconds>(flags.token_ttl.value),
               .claims = flags.claims};
  if (!flags.jwt_secret_file.empty()) {
    const auto text = base::read_text_file(flags.jwt_secret_file, wsf::auth::KeySet::kMaxSecretBytes + 2);
    if (!text)
      usage(fmt::format("{} {}: {}", settings.named("jwt-secret-file"), flags.jwt_secret_file, text.error().message));
    out.secret = base::trimmed(*text, base::kBlanksAndLineEnds);
  }
  if (out.secret.empty()) usage("--mint-token needs a secret: --jwt-secret-file, or JWT_SECRET in the environment");
  if (!wsf::base::is_id(out.user))
    usage(fmt::format("{}: letters, digits and _.:- only", settings.named("mint-token")));
  return out;
}

Options options_of(const base::Settings& settings, const Flags& flags) {
  using Task = Options::Task;
  Options out;
  out.task = !flags.mint_token.empty() ? Task::mint
             : !flags.record.empty()   ? Task::record
             : !flags.replay.empty()   ? Task::replay
                                       : Task::publish;
  out.protocol = protocol_named(flags.protocol);
  refuse_lonely_flags(settings, out.task);
  refuse_foreign_flags(settings, out.protocol);
  if (out.task == Task::mint) out.mint = mint_plan_of(settings, flags);
  out.plan = plan_of(settings, flags);
  out.trading = trading_plan_of(settings, flags, out.plan);
  out.notify = notify_plan_of(settings, flags, out.plan.run);
  out.replay = {speed_of(settings, flags), flags.loop, out.plan.count, out.plan.duration};
  out.replay_path = flags.replay;
  out.record = {flags.record, flags.from_start, out.plan.count, out.plan.duration};
  out.faults = value_or_usage(load::FaultMix::parse(flags.faults), settings, "faults");
  out.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(flags.timeout.value);
  out.dry_run = flags.dry_run;
  return out;
}

}  // namespace

std::variant<Options, int> read_options(int argc, char** argv) {
  base::Settings settings("ratepub", "Publishes FX rates to Kafka, made up or recorded, for wsfanout to serve.",
                          "RATEPUB");
  const wsf::kafka::DestinationFlags destination(settings, "Kafka");
  const wsf::redis::DestinationFlags redis(settings, "Redis", "with --protocol notify: where to publish");
  Flags flags;
  add_kafka(settings, flags);
  add_events(settings, flags);
  add_recordings(settings, flags);
  add_tokens(settings, flags);
  add_exclusions(settings);
  settings.examples(kExamples);
  Options out;
  settings.rule([&]() -> std::optional<std::string> {
    using Kind = wsf::kafka::ClientKind;
    out = options_of(settings, flags);
    if (out.dry_run || out.task == Options::Task::mint) return std::nullopt;
    if (out.protocol == Options::Protocol::notify) {
      out.redis = redis.resolve();
      return std::nullopt;
    }
    out.kafka = destination.resolve(out.task == Options::Task::record ? Kind::consumer : Kind::producer);
    if (out.protocol == Options::Protocol::trading) {
      out.kafka.topic = fmt::format("{}", fmt::join(wsf::protocol::kTradingTopics, ", "));
    }
    return std::nullopt;
  });
  if (const auto code = settings.parse(argc, argv)) return *code;
  return out;
}

}  // namespace ratepub
