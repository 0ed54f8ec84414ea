#include "flags.hpp"

namespace ratepub {

namespace base = wsf::base;

namespace {

constexpr double kLeastInterval_s = 1e-3;
constexpr double kMostTime_s = 86'400.0 * 366;

}  // namespace

const char* const kExamples = R"(  ratepub
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
  ratepub --protocol quotes --symbols AAPL,MSFT --rate 10/s
      quotes of two securities, by Redis; quotes-patch: what moved, together
  ratepub --protocol quotes --grpc-listen 127.0.0.1:50051
      quotes for wsfanout --grpc 127.0.0.1:50051, without Redis
  ratepub --mint-token ada --jwt-secret-file secret --token-ttl 10m
      a token for a server that knows the same secret
)";

void add_grpc(base::Settings& settings, Flags& flags) {
  settings
      .add("--grpc-listen", flags.grpc_listen,
           "with --protocol quotes: serve them here as a MarketDataService, in place of publishing; port 0: any free")
      .type("HOST:PORT")
      .group("gRPC");
}

void add_kafka(base::Settings& settings, Flags& flags) {
  settings
      .add("--timeout", flags.timeout,
           "how long to wait for the broker, or Redis, at the start, and at the end for it to confirm, or for "
           "streams to take what is left")
      .range(0.1, 3600)
      .group("Kafka");
}

void add_events(base::Settings& settings, Flags& flags) {
  settings
      .add("--protocol", flags.protocol,
           "whose events: FX rates, what a trading service publishes, notifications for users, or quotes of "
           "securities")
      .one_of({kFxRates, kTrading, kNotify, kQuotes, kQuotesPatch})
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
  settings
      .add("--symbols", flags.symbols,
           "with --protocol quotes and quotes-patch: which securities, or how many of the well-known ones")
      .type("N|SYMBOL,...")
      .group("Events");
  settings
      .add("--symbols-file", flags.symbols_file,
           "symbols and base prices in place of the well-known ones: lines of \"AAPL 150.25\"")
      .type("FILE")
      .group("Events");
  settings.add("--rate", flags.rate, "events per second, all together").type("RATE").group("Events");
  settings
      .add("--interval", flags.interval,
           "time between two events of each pair, user, symbol, or assessment and market (instead of --rate); with "
           "quotes-patch of all symbols together")
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

}  // namespace ratepub
