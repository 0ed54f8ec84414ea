#include "options.hpp"

#include "auth/key_set.hpp"
#include "base/exit_codes.hpp"
#include "base/identifier.hpp"
#include "base/settings.hpp"
#include "base/text_file.hpp"
#include "base/trimmed.hpp"
#include "base/units.hpp"
#include "flags.hpp"
#include "load/addresses.hpp"
#include "load/pair_numbers.hpp"
#include "load/rate_walk.hpp"
#include "load/securities_choice.hpp"
#include "output_file.hpp"
#include "protocol/quotes_patch.hpp"
#include "protocol/trading.hpp"
#include "protocol_flags.hpp"
#include "redis/destination.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <sstream>

namespace wsload {
namespace {

using wsf::base::refuse;
namespace load = wsf::load;

constexpr std::size_t kMaxTokenFileBytes = 64 * 1024 * 1024;
constexpr std::chrono::seconds kCapacityDuration{10};  // of each step
// What the services that quotes and quotes-patch replace were made for.
constexpr double kUsualPatchRate = 0.25;
constexpr std::uint64_t kUsualSymbolsPerConnection = 5;

// What the user chose, or not, as the sum of all sources says it.
class Choice {
 public:
  Choice(const wsf::base::Settings& settings, const Flags& flags) : settings_(settings), flags_(flags) {}

  std::uint32_t pairs_per_connection(std::size_t pairs) const;
  std::uint32_t slow(std::uint32_t connections) const;
  std::vector<load::Expectation> expectations() const;
  std::vector<std::string> tokens() const;
  std::string jwt_secret() const;
  std::shared_ptr<const wsf::net::ClientTls> tls(bool secure) const;
  load::LoadOptions load_options() const;
  void read_fx_rates(load::LoadOptions& out) const;
  void read_trading(load::LoadOptions& out) const;
  void read_symbols(load::LoadOptions& out) const;
  std::string fields(load::LoadProtocol protocol) const;
  load::KeyChoice pair_choice() const;
  void read_credentials(load::LoadOptions& out) const;
  load::EventPlan event_plan(const load::LoadOptions& load_options) const;
  void check_outputs() const;
  Capacity capacity() const;
  Comparison comparison() const;
  void find_addresses(load::LoadOptions& out) const;

 private:
  std::string told(std::string_view name) const { return settings_.named(name); }

  const wsf::base::Settings& settings_;
  const Flags& flags_;
};

// The usual number gives way to fewer pairs; one that was asked for does not.
std::uint32_t Choice::pairs_per_connection(std::size_t pairs) const {
  const bool usual = settings_.is_default("pairs-per-connection");
  const bool few = usual && load::is_of_quotes(protocol_of(flags_));
  const std::uint64_t wanted = few ? kUsualSymbolsPerConnection : flags_.pairs_per_connection;
  if (wanted > pairs && !usual) {
    refuse(
        fmt::format("{} {} is more than the {} of {}", told("pairs-per-connection"), wanted, pairs, told("pairs")));
  }
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, pairs));
}

std::uint32_t Choice::slow(std::uint32_t connections) const {
  std::string_view text = flags_.slow;
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  const double number = settings_.value_of("slow", wsf::base::parse_number(text));
  const double count = percent ? std::ceil(connections * number / 100) : number;
  if (count < 0 || count != std::floor(count)) refuse(told("slow") + ": a count, or a share like 1%");
  if (count >= connections) refuse(told("slow") + ": at least one client must read");
  return static_cast<std::uint32_t>(count);
}

std::vector<load::Expectation> Choice::expectations() const {
  std::vector<load::Expectation> out;
  bool about_reach = false;
  for (const std::string& text : flags_.expect) {
    out.push_back(settings_.value_of("expect", load::parse_expectation(text)));
    about_reach |= out.back().metric == load::Metric::reach || out.back().metric == load::Metric::lost;
  }
  if (!about_reach) {
    const auto standing = load::default_expectations();
    out.insert(out.begin(), standing.begin(), standing.end());
  }
  return out;
}

load::EventPlan Choice::event_plan(const load::LoadOptions& load_options) const {
  if (flags_.publish.per_s <= 0) refuse(told("publish") + " must be above 0 (or --listen to another's events)");
  load::EventPlan plan;
  const bool patches = load_options.protocol == load::LoadProtocol::quotes_patch;
  plan.rate_per_s = patches && settings_.is_default("publish") ? kUsualPatchRate : flags_.publish.per_s;
  const double most = load::most_rate(load_options.protocol);
  if (load::is_of_quotes(load_options.protocol) && plan.rate_per_s > most) {
    refuse(fmt::format("{}: at most {}/s of {}", told("publish"), most, load::name_of(load_options.protocol)));
  }
  plan.burst = flags_.burst;
  plan.duration = load_options.warmup + load_options.duration;
  plan.seed = load_options.seed;
  std::mt19937_64 random{std::random_device{}()};
  plan.run = load::make_uuid(random);
  return plan;
}

// The lines of the file. The error names the file, never a token.
std::vector<std::string> Choice::tokens() const {
  const std::string name = told("token-file") + " " + flags_.token_file;
  std::vector<std::string> out;
  std::istringstream lines(settings_.text_in("token-file", flags_.token_file, kMaxTokenFileBytes));
  for (std::string line; std::getline(lines, line);) {
    std::string token(wsf::base::trimmed(line, wsf::base::kBlanksAndLineEnds));
    const bool word = std::ranges::all_of(token, [](unsigned char c) { return c > 0x20 && c < 0x7f; });
    if (!word) refuse(fmt::format("{}: line {} is no token", name, out.size() + 1));
    if (!token.empty()) out.push_back(std::move(token));
  }
  if (out.empty()) refuse(name + ": there is no token in it");
  return out;
}

// As the URL asks for it; nullptr: without.
std::shared_ptr<const wsf::net::ClientTls> Choice::tls(bool secure) const {
  if (!secure) {
    settings_.forbid({"tls-ca", "tls-cert", "tls-key", "insecure"}, "belongs to a wss:// URL");
    return nullptr;
  }
  if (flags_.tls.cert.empty() && !flags_.tls.key.empty())
    refuse(told("tls-key") + ": of which certificate? (--tls-cert)");
  auto tls = wsf::net::ClientTls::read(flags_.tls);
  if (!tls) refuse(tls.error().message);
  return *tls;
}

std::string Choice::jwt_secret() const {
  if (flags_.jwt_secret_file.empty()) return flags_.jwt_secret;
  return settings_.text_in("jwt-secret-file", flags_.jwt_secret_file, wsf::auth::KeySet::kMaxSecretBytes + 2);
}

void Choice::read_credentials(load::LoadOptions& out) const {
  if (!flags_.token_file.empty()) out.tokens = tokens();
  if (out.protocol == load::LoadProtocol::fx_rates) return;
  out.jwt_secret = jwt_secret();
  if (out.tokens.empty() && out.jwt_secret.empty()) {
    refuse(
        fmt::format("{} lets nobody in without a token: --jwt-secret-file, JWT_SECRET in the environment, or "
                    "--token-file",
                    flags_.protocol));
  }
}

void Choice::read_fx_rates(load::LoadOptions& out) const {
  out.pairs = settings_.value_of("pairs", load::choose_pairs(flags_.pairs));
  if (out.pairs.size() > load::PairNumbers::kMost) {
    refuse(fmt::format("{}: at most {}", told("pairs"), load::PairNumbers::kMost));
  }
  out.pairs_per_connection = pairs_per_connection(out.pairs.size());
  out.pair_choice = pair_choice();
}

load::KeyChoice Choice::pair_choice() const {
  if (flags_.pair_choice == "random") return load::KeyChoice::by_chance;
  return flags_.pair_choice == "zipf" ? load::KeyChoice::by_zipf : load::KeyChoice::by_turns;
}

void Choice::read_symbols(load::LoadOptions& out) const {
  out.securities = settings_.value_of("pairs", load::choose_securities(flags_.pairs));
  out.pairs_per_connection = pairs_per_connection(out.securities.size());
  out.pair_choice = pair_choice();
  out.moves_some = flags_.moving == "random";
  out.fields = fields(out.protocol);
  out.compact = flags_.compact;
}

std::string Choice::fields(load::LoadProtocol protocol) const {
  const std::string out = fmt::format("{}", fmt::join(flags_.fields, ","));
  if (protocol == load::LoadProtocol::quotes) {
    if (!out.empty() && out != "all") refuse(told("fields") + ": of quotes, all or none at all");
  } else if (!out.empty() && !wsf::protocol::parse_patch_fields(out)) {
    refuse(told("fields") + ": some of current_price, change, change_percent, last_updated");
  }
  return out;
}

void Choice::read_trading(load::LoadOptions& out) const {
  out.assessments = static_cast<std::uint32_t>(flags_.assessments);
  out.markets = flags_.markets;
  std::ranges::sort(out.markets);
  const bool twice = std::ranges::adjacent_find(out.markets) != out.markets.end();
  if (twice || !std::ranges::all_of(out.markets, wsf::base::is_id) || out.markets.empty() ||
      out.markets.size() > load::kMostMarkets) {
    refuse(
        fmt::format("{}: 1 to {} different names of letters, digits and _.:-", told("markets"), load::kMostMarkets));
  }
}

load::LoadOptions Choice::load_options() const {
  load::LoadOptions out;
  out.protocol = protocol_of(flags_);
  refuse_foreign_flags(settings_, out.protocol);
  out.url =
      settings_.value_of("url", wsf::ws::parse_url(flags_.url.empty() ? default_url(out.protocol) : flags_.url));
  out.route.tls = tls(out.url.secure);
  out.route.host = out.url.host;
  out.connections = static_cast<std::uint32_t>(flags_.connections);
  if (out.protocol == load::LoadProtocol::fx_rates) read_fx_rates(out);
  if (out.protocol == load::LoadProtocol::trading) read_trading(out);
  if (load::is_of_quotes(out.protocol)) read_symbols(out);
  out.users = static_cast<std::uint32_t>(flags_.users);
  if (out.users > out.connections && takes_users(out.protocol)) {
    refuse(fmt::format("{} {} is more than the {} connections", told("users"), out.users, out.connections));
  }
  settings_.value_of("source-addresses", load::parse_addresses(flags_.source_addresses));
  out.slow = slow(out.connections);
  out.storm = flags_.storm;
  out.churn_per_s = flags_.churn.per_s;
  if (takes_users(out.protocol)) out.storm = false;
  const bool has_positions =
      out.protocol == load::LoadProtocol::fx_rates || out.protocol == load::LoadProtocol::trading;
  out.verify = (flags_.verify && has_positions) || out.storm;
  out.ramp_per_s = flags_.ramp.per_s;
  out.duration = flags_.duration.value;
  if (!flags_.find_capacity.empty() && settings_.is_default("duration")) out.duration = kCapacityDuration;
  out.warmup = flags_.warmup.value;
  out.max_lateness = flags_.max_lateness.value;
  out.threads = static_cast<std::uint32_t>(flags_.threads);
  if (flags_.compress == "shared") out.compress = load::Compress::shared;
  if (flags_.compress == "takeover") out.compress = load::Compress::takeover;
  read_credentials(out);
  out.seed = flags_.seed != 0 ? flags_.seed : std::random_device{}();
  if (flags_.server_pid != 0) out.server_pid = static_cast<pid_t>(flags_.server_pid);
  return out;
}

void Choice::check_outputs() const {
  if (const auto why = cannot_write(flags_.json)) refuse(fmt::format("{}: {}", told("json"), *why));
  if (const auto why = cannot_write(flags_.report)) refuse(fmt::format("{}: {}", told("report"), *why));
}

Capacity Choice::capacity() const {
  if (flags_.find_capacity.empty()) return Capacity::none;
  if (!flags_.report.empty())
    refuse(fmt::format("{} is of one run, {} makes many", told("report"), told("find-capacity")));
  if (flags_.find_capacity == "connections") return Capacity::connections;
  if (flags_.find_capacity != "rate") refuse(told("find-capacity") + ": rate or connections");
  if (flags_.listen)
    refuse(fmt::format("{} rate needs events of wsload's own, not {}", told("find-capacity"), told("listen")));
  return Capacity::rate;
}

Comparison Choice::comparison() const {
  if (flags_.compared.size() != 2) refuse("compare wants two results: wsload compare before.json after.json");
  std::string_view text = flags_.tolerance;
  if (text.ends_with('%')) text.remove_suffix(1);
  const double percent = settings_.value_of("tolerance", wsf::base::parse_number(text));
  if (percent < 0) refuse(told("tolerance") + " must not be negative");
  return {flags_.compared[0], flags_.compared[1], percent / 100};
}

void Choice::find_addresses(load::LoadOptions& out) const {
  auto address = load::resolve(out.url.host, out.url.port);
  if (!address) throw wsf::base::StartupError(wsf::base::Exit::cannot_connect, address.error().message);
  out.route.target = *address;
  out.route.sources = settings_.value_of(
      "source-addresses", load::source_addresses(flags_.source_addresses, out.route.target, out.connections));
}

wsf::kafka::Destination destination_of(load::LoadProtocol protocol, const wsf::kafka::DestinationFlags& kafka) {
  auto out = kafka.resolve();
  if (protocol == load::LoadProtocol::trading)
    out.topic = fmt::format("{}", fmt::join(wsf::protocol::kTradingTopics, ", "));
  return out;
}

}  // namespace

std::variant<Options, Comparison, int> read_options(int argc, char** argv) {
  wsf::base::Settings settings(
      "wsload", "Opens thousands of WebSocket connections, and proves what a server can carry.", "WSLOAD");
  Flags flags;
  add_load(settings, flags);
  add_protocols(settings, flags);
  add_trouble(settings, flags);
  add_events(settings, flags);
  const wsf::kafka::DestinationFlags kafka(settings, "Events");
  const wsf::redis::DestinationFlags redis(settings, "Events", "where to publish");
  add_verdict(settings, flags);
  add_comparison(settings, flags);
  auto* compare = settings.app().add_subcommand("compare", "Compare two results of --json: what got worse?");
  compare->add_option("FILE", flags.compared, "The result before, and the one after");
  settings.app().require_subcommand(0, 1);
  settings.exclusive("listen", "publish");
  settings.exclusive("jwt-secret-file", "jwt-secret");
  settings.exclusive("token-file", "jwt-secret-file");
  settings.examples(kExamples);
  const Choice choice(settings, flags);
  Options out;
  std::optional<Comparison> comparison;
  settings.rule([&]() -> std::optional<std::string> {
    if (compare->parsed()) {
      comparison = choice.comparison();
      return std::nullopt;
    }
    out.expectations = choice.expectations();
    out.load = choice.load_options();
    out.capacity = choice.capacity();
    choice.check_outputs();
    if (!flags.listen || load::is_of_quotes(out.load.protocol)) {
      const load::EventPlan plan = choice.event_plan(out.load);
      if (load::is_by_redis(out.load.protocol)) {
        out.load.feed = load::FeedOptions{redis.resolve(), plan};
      } else {
        out.load.feed = load::FeedOptions{destination_of(out.load.protocol, kafka), plan};
      }
    }
    return std::nullopt;
  });
  if (const auto code = settings.parse(argc, argv)) return *code;
  if (comparison) return *comparison;
  out.json_path = flags.json;
  out.report_path = flags.report;
  choice.find_addresses(out.load);
  return out;
}

}  // namespace wsload
