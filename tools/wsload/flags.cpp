#include "flags.hpp"

#include "load/expectation.hpp"
#include "load/load_options.hpp"
#include "load/pair_numbers.hpp"

#include <fmt/format.h>

namespace wsload {

namespace load = wsf::load;

const char* const kExamples = R"(  wsload
      10,000 clients with 10 of 50 pairs each, a pair every 5 s, for a minute
  wsload --connections 2000 --expect 'p95<100ms' --expect 'rss<100'
      exit 99 when a threshold is missed
  wsload --verify --slow 1% --storm
      nothing may get lost unseen, whatever happens
  wsload --find-capacity rate --expect 'p99<250ms'
      how many events a second are carried
  wsload compare before.json after.json
      exit 99 when the second result is worse
  wsload --protocol trading --jwt-secret-file secret --assessments 100
      prices to all clients, and to each the events of its assessment
  wsload --protocol notify --jwt-secret-file secret --expect 'p95<100ms'
      10,000 users, each of whom gets the messages published for it in Redis
  wsload --protocol quotes --jwt-secret-file secret --users 2000
      10,000 clients, five of each user, with the quotes of 5 of 50 symbols each
  wsload --protocol quotes-patch --jwt-secret-file secret --fields current_price
      10,000 clients with 5 of 50 symbols each, all of which move every 4 s
  wsload --listen --pairs EURUSD,GBPUSD --pairs-per-connection 2 --json out.json
      count and time what ratepub publishes meanwhile
)";

void add_load(wsf::base::Settings& settings, Flags& flags) {
  settings.add("--protocol", flags.protocol, "what the server speaks")
      .one_of({"fx-rates", "trading", "notify", "quotes", "quotes-patch"})
      .type("NAME")
      .group("Load");
  settings
      .add("--url", flags.url,
           "the server under load (default: on this machine, ws://127.0.0.1 with :8082/ws/fx-rates, :3003/ws for "
           "trading, :8080/ws for notify, :8080/ws/market-data for quotes, :8080/ws/quotes for quotes-patch)")
      .type("URL")
      .group("Load");
  settings.add("-c,--connections", flags.connections, "how many clients").range(1, 1'000'000).group("Load");
  settings
      .add("--pairs", flags.pairs,
           "how many currency pairs (of quotes and quotes-patch: symbols) there are, or which (a list)")
      .type("N|PAIR,...")
      .group("Load");
  settings
      .add("--pairs-per-connection", flags.pairs_per_connection,
           "how many of them each client subscribes to (default of quotes and quotes-patch: 5)")
      .range(1, static_cast<double>(load::PairNumbers::kMost))
      .group("Load");
  settings
      .add(
          "--pair-choice", flags.pair_choice,
          "uniform: in turn, so each pair has as many subscribers; random: any, so hardly two clients have the same; "
          "zipf: the n-th pair is n times less wanted than the first")
      .one_of({"uniform", "random", "zipf"})
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
      .add(
          "--source-addresses", flags.source_addresses,
          "local addresses to connect from in turn, or how many from 127.0.0.2 on (default: for a loopback target as "
          "many as the ports take, else the kernel's choice); each has about 28,000 ports")
      .type("N|ADDRESS,...")
      .group("Load");
  settings
      .add("--compress", flags.compress,
           "what clients offer of permessage-deflate; shared: each message stands on its own; takeover: it may refer "
           "back to those before")
      .one_of({"off", "shared", "takeover"})
      .type("HOW")
      .group("Load");
  settings.add("--tls-ca", flags.tls.ca, "authorities to trust (PEM) with a wss:// URL, in place of the system's")
      .type("FILE")
      .group("Load");
  settings.add("--tls-cert", flags.tls.cert, "certificate of the clients (PEM), for a server that wants one")
      .type("FILE")
      .group("Load");
  settings.add("--tls-key", flags.tls.key, "its key (PEM); by default in the same file").type("FILE").group("Load");
  settings.add("--insecure", flags.tls.insecure, "take any certificate of the server").group("Load");
  settings.add("--token-file", flags.token_file, "a token for the clients, or one a line for them in turn")
      .type("FILE")
      .group("Load");
  settings
      .add("--jwt-secret", flags.jwt_secret,
           "for trading, notify, quotes and quotes-patch: the server's secret, to make tokens with; each client is a "
           "user of its own")
      .env("JWT_SECRET")
      .env("JWT_SECRET_KEY")
      .secret()
      .not_on_command_line()
      .type("SECRET")
      .group("Load");
  settings.add("--jwt-secret-file", flags.jwt_secret_file, "a file with that secret").type("FILE").group("Load");
  settings.add("--threads", flags.threads, "threads that hold the connections").range(1, 64).group("Load");
  settings.add("--seed", flags.seed, "of the made-up rates and of the masks; 0: another one each time").group("Load");
}

void add_protocols(wsf::base::Settings& settings, Flags& flags) {
  settings
      .add("--assessments", flags.assessments,
           "how many assessments the clients are spread over; 0: market prices alone")
      .range(0, load::kMostAssessments)
      .group("Trading");
  settings.add("--markets", flags.markets, "names of the markets").type("NAME,...").group("Trading");
  settings
      .add("--users", flags.users, "how many users the clients are spread over; 0: each client is a user of its own")
      .range(0, 1'000'000)
      .group("Notify and quotes");
  settings
      .add("--moving", flags.moving, "what an event moves: all symbols, or a random part of them, another each time")
      .one_of({"all", "random"})
      .type("all|random")
      .group("Quotes-patch");
  settings
      .add("--fields", flags.fields,
           "clients ask for these alone: current_price, change, change_percent, last_updated (of quotes: all)")
      .type("NAME,...")
      .group("Quotes-patch");
  settings.add("--compact", flags.compact, "clients ask for whole quotes where that is shorter")
      .group("Quotes-patch");
}

void add_trouble(wsf::base::Settings& settings, Flags& flags) {
  settings.add("--slow", flags.slow, "so many clients stop reading once they are subscribed, and are told of apart")
      .type("N|PERCENT")
      .group("Trouble");
  settings.add("--churn", flags.churn, "so many more clients a second connect, subscribe and close again")
      .type("RATE")
      .group("Trouble");
  settings
      .add("--storm", flags.storm,
           "in the middle of the run all clients lose their connections and come back at once; implies --verify")
      .group("Trouble");
}

void add_events(wsf::base::Settings& settings, Flags& flags) {
  settings
      .add(
          "--publish", flags.publish,
          "events per second, of all pairs together, published on a fixed schedule (default of quotes-patch: 0.25/s)")
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
                       "reach>=100% and lost==0 hold as well; so do closed==0 and breaks==0, unless they are",
                       fmt::join(load::metric_names(), " ")))
      .type("METRIC OP VALUE")
      .group("Verdict");
  settings
      .add(
          "--verify", flags.verify,
          "clients ask for positions: the chain of each subscription must have no hole that nobody accounts for; who "
          "is closed comes back and resumes")
      .group("Verdict");
  settings
      .add("--max-lateness", flags.max_lateness,
           "a run whose events were published later than this, at the 99th percentile, is void")
      .group("Verdict");
  settings.add("--json", flags.json, "write the result as JSON; - is standard output, in place of the text")
      .type("FILE")
      .group("Verdict");
  settings.add("--report", flags.report, "write the result as one HTML page with plots")
      .type("FILE")
      .group("Verdict");
  settings
      .add("--find-capacity", flags.find_capacity,
           "raise the rate of --publish, or the connections, until a threshold breaks, and find where; a run of "
           "--duration (10 s by default) for each step")
      .type("rate|connections")
      .group("Verdict");
  settings
      .add("--server-pid", flags.server_pid,
           "the server's process, for its CPU and memory (default: who listens on the port, if it is this machine's)")
      .type("PID")
      .group("Verdict");
}

void add_comparison(wsf::base::Settings& settings, Flags& flags) {
  settings.add("--tolerance", flags.tolerance, "how much worse a value may be than before")
      .type("PERCENT")
      .group("compare");
}

}  // namespace wsload
