#include "flag_rules.hpp"

namespace ratepub {

namespace base = wsf::base;

// The task first: what has given way to it excludes nothing else.
void add_exclusions(base::Settings& settings) {
  for (const char* other : {"replay", "dry-run", "faults", "rate", "interval", "pairs"}) {
    settings.exclusive("record", other);
  }
  for (const char* other : {"rate", "interval", "pairs"}) settings.exclusive("replay", other);
  settings.exclusive("rate", "interval");
  for (const char* other : {"record", "replay", "dry-run"}) settings.exclusive("mint-token", other);
  settings.exclusive("jwt-secret-file", "jwt-secret");
  settings.exclusive("redis", "grpc-listen");
}

void refuse_lonely_flags(const base::Settings& settings, Options::Task task) {
  using Task = Options::Task;
  if (task != Task::record) settings.forbid({"from-start"}, "goes with --record");
  if (task != Task::replay) settings.forbid({"speed", "loop"}, "goes with --replay");
  if (task != Task::mint) {
    settings.forbid({"jwt-secret-file", "jwt-algorithm", "token-ttl", "claims"}, "goes with --mint-token");
  }
}

void refuse_foreign_flags(const base::Settings& settings, Options::Protocol protocol) {
  using Protocol = Options::Protocol;
  if (protocol != Protocol::trading) settings.forbid({"assessments", "markets"}, "goes with --protocol trading");
  if (protocol != Protocol::fx_rates) {
    settings.forbid({"topic", "pairs", "faults", "record", "replay"}, "goes with --protocol fx-rates");
  }
  if (protocol != Protocol::notify) {
    settings.forbid({"users"}, "goes with --protocol notify");
  } else {
    settings.forbid({"seed"}, "goes with the other protocols: notifications are not made at random");
  }
  if (protocol != Protocol::quotes && protocol != Protocol::quotes_patch) {
    settings.forbid({"symbols", "symbols-file"}, "goes with --protocol quotes and quotes-patch");
  }
  if (protocol != Protocol::quotes) settings.forbid({"grpc-listen"}, "goes with --protocol quotes");
  if (goes_to_redis(protocol)) {
    settings.forbid({"brokers", "kafka-conf"}, "goes with --protocol fx-rates and trading");
  } else {
    settings.forbid({"redis", "redis-password-file", "redis-tls-ca", "redis-tls-cert", "redis-tls-key"},
                    "goes with --protocol notify, quotes and quotes-patch");
  }
}

void refuse_flags_of_redis(const base::Settings& settings) {
  settings.forbid({"redis-password-file", "redis-tls-ca", "redis-tls-cert", "redis-tls-key"},
                  "is for Redis, and --grpc-listen serves without it");
}

}  // namespace ratepub
