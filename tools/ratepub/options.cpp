#include "options.hpp"

#include "auth/grant.hpp"
#include "auth/key_set.hpp"
#include "base/identifier.hpp"
#include "base/settings.hpp"
#include "base/units.hpp"
#include "flag_rules.hpp"
#include "flags.hpp"
#include "load/rate_walk.hpp"
#include "redis/destination.hpp"
#include "securities.hpp"
#include "ws/endpoint.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <random>
#include <unordered_set>

namespace ratepub {
namespace {

namespace base = wsf::base;
namespace load = wsf::load;
using base::refuse;

constexpr std::size_t kMaxNames = 100'000;  // assessments, markets, or users
constexpr double kMaxRate = 1e6;
constexpr double kLeastSpeed = 1e-3;
constexpr double kMostSpeed = 1e6;

double rate_per_s(const base::Settings& settings, const Flags& flags, std::size_t names) {
  if (!flags.rate) {
    return static_cast<double>(names) / std::chrono::duration<double>(flags.interval.value).count();
  }
  if (flags.rate->per_s <= 0 || flags.rate->per_s > kMaxRate) {
    refuse(fmt::format("{}: above 0, and at most {}/s", settings.named("rate"), kMaxRate));
  }
  return flags.rate->per_s;
}

double speed_of(const base::Settings& settings, const Flags& flags) {
  if (flags.speed == "max") return 0;
  const auto speed = base::parse_number(flags.speed);
  if (!speed || *speed < kLeastSpeed || *speed > kMostSpeed) {
    refuse(fmt::format("{}: \"{}\" is neither max nor a number from {} to {:.0f}", settings.named("speed"),
                       flags.speed, kLeastSpeed, kMostSpeed));
  }
  return *speed;
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
  plan.assessments = settings.value_of("assessments", names_of(flags.assessments, "assessment-"));
  plan.markets = settings.value_of("markets", names_of(flags.markets, ""));
  plan.rate_per_s = rate_per_s(settings, flags, plan.assessments.size() + plan.markets.size());
  plan.count = flags.count.value_or(0);
  if (flags.duration) plan.duration = flags.duration->value;
  plan.seed = all.seed;
  plan.run = all.run;
  return plan;
}

NotifyPlan notify_plan_of(const base::Settings& settings, const Flags& flags, const std::string& run) {
  NotifyPlan plan;
  plan.users = settings.value_of("users", names_of(flags.users, "user-"));
  plan.pace.rate_per_s = rate_per_s(settings, flags, plan.users.size());
  plan.pace.count = flags.count.value_or(0);
  if (flags.duration) plan.pace.duration = flags.duration->value;
  plan.run = run;
  return plan;
}

load::PacedQuotesPlan quotes_plan_of(const base::Settings& settings, const Flags& flags, std::uint64_t seed) {
  const bool together = flags.protocol == kQuotesPatch;
  load::PacedQuotesPlan plan;
  plan.shape = together ? load::PacedQuotesPlan::Shape::some_together : load::PacedQuotesPlan::Shape::each_in_turn;
  plan.securities = choose_securities(settings, flags);
  plan.seed = seed;
  plan.pace.rate_per_s = rate_per_s(settings, flags, together ? 1 : plan.securities.size());
  plan.pace.count = flags.count.value_or(0);
  if (flags.duration) plan.pace.duration = flags.duration->value;
  return plan;
}

load::PublishPlan plan_of(const base::Settings& settings, const Flags& flags) {
  load::PublishPlan plan;
  plan.pairs = settings.value_of("pairs", load::choose_pairs(flags.pairs));
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
  using Protocol = Options::Protocol;
  if (name == kTrading) return Protocol::trading;
  if (name == kNotify) return Protocol::notify;
  if (name == kQuotes) return Protocol::quotes;
  return name == kQuotesPatch ? Protocol::quotes_patch : Protocol::fx_rates;
}

MintPlan mint_plan_of(const base::Settings& settings, const Flags& flags) {
  MintPlan out{.user = flags.mint_token,
               .secret = flags.jwt_secret,
               .algorithm = flags.jwt_algorithm,
               .ttl = std::chrono::duration_cast<std::chrono::seconds>(flags.token_ttl.value),
               .claims = flags.claims};
  if (!flags.jwt_secret_file.empty()) {
    out.secret = settings.text_in("jwt-secret-file", flags.jwt_secret_file, wsf::auth::KeySet::kMaxSecretBytes + 2);
  }
  if (out.secret.empty()) refuse("--mint-token needs a secret: --jwt-secret-file, or JWT_SECRET in the environment");
  if (!wsf::base::is_id(out.user))
    refuse(fmt::format("{}: letters, digits and _.:- only", settings.named("mint-token")));
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
  if (out.protocol == Options::Protocol::quotes && !flags.grpc_listen.empty()) {
    refuse_flags_of_redis(settings);
    out.grpc_listen = settings.value_of("grpc-listen", wsf::ws::parse_endpoint(flags.grpc_listen));
  }
  if (out.task == Task::mint) out.mint = mint_plan_of(settings, flags);
  out.plan = plan_of(settings, flags);
  out.trading = trading_plan_of(settings, flags, out.plan);
  out.notify = notify_plan_of(settings, flags, out.plan.run);
  out.quotes = quotes_plan_of(settings, flags, out.plan.seed);
  out.replay = {speed_of(settings, flags), flags.loop, out.plan.count, out.plan.duration};
  out.replay_path = flags.replay;
  out.record = {flags.record, flags.from_start, out.plan.count, out.plan.duration};
  out.faults = settings.value_of("faults", load::FaultMix::parse(flags.faults));
  out.timeout = std::chrono::duration_cast<std::chrono::milliseconds>(flags.timeout.value);
  out.dry_run = flags.dry_run;
  return out;
}

}  // namespace

std::variant<Options, int> read_options(int argc, char** argv) {
  base::Settings settings(
      "ratepub", "Publishes prices to Kafka or Redis, or by gRPC, made up or recorded, for wsfanout to serve.",
      "RATEPUB");
  const wsf::kafka::DestinationFlags destination(settings, "Kafka");
  const wsf::redis::DestinationFlags redis(settings, "Redis",
                                           "with --protocol notify, quotes and quotes-patch: where to publish");
  Flags flags;
  add_grpc(settings, flags);
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
    if (out.dry_run || out.task == Options::Task::mint || out.grpc_listen) return std::nullopt;
    if (goes_to_redis(out.protocol)) {
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
