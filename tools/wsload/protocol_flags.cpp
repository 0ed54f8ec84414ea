#include "protocol_flags.hpp"

#include <fmt/format.h>

#include <initializer_list>

namespace wsload {

namespace load = wsf::load;

load::LoadProtocol protocol_of(const Flags& flags) {
  for (const auto one : {load::LoadProtocol::trading, load::LoadProtocol::notify, load::LoadProtocol::quotes_patch,
                         load::LoadProtocol::quotes}) {
    if (flags.protocol == load::name_of(one)) return one;
  }
  return load::LoadProtocol::fx_rates;
}

const char* default_url(load::LoadProtocol protocol) {
  switch (protocol) {
    case load::LoadProtocol::trading:
      return "ws://127.0.0.1:3003/ws";
    case load::LoadProtocol::notify:
      return "ws://127.0.0.1:8080/ws";
    case load::LoadProtocol::quotes_patch:
      return "ws://127.0.0.1:8080/ws/quotes";
    case load::LoadProtocol::quotes:
      return "ws://127.0.0.1:8080/ws/market-data";
    case load::LoadProtocol::fx_rates:
      break;
  }
  return "ws://127.0.0.1:8082/ws/fx-rates";
}

bool takes_users(load::LoadProtocol protocol) {
  return protocol == load::LoadProtocol::notify || protocol == load::LoadProtocol::quotes;
}

void refuse_foreign_flags(const wsf::base::Settings& settings, load::LoadProtocol own) {
  const bool patches = own == load::LoadProtocol::quotes_patch;
  const bool of_quotes = load::is_of_quotes(own);
  if (own != load::LoadProtocol::fx_rates) {
    settings.forbid({"burst", "topic"}, "goes with --protocol fx-rates");
  } else {
    settings.forbid({"jwt-secret-file"},
                    "goes with --protocol trading, notify, quotes or quotes-patch (fx-rates: --token-file)");
  }
  if (own != load::LoadProtocol::fx_rates && !of_quotes) {
    settings.forbid({"pairs", "pairs-per-connection", "pair-choice"},
                    "goes with --protocol fx-rates, quotes or quotes-patch");
  }
  if (!of_quotes) settings.forbid({"fields"}, "goes with --protocol quotes-patch or quotes");
  if (!patches) settings.forbid({"moving", "compact"}, "goes with --protocol quotes-patch");
  if (own != load::LoadProtocol::trading) settings.forbid({"assessments", "markets"}, "goes with --protocol trading");
  if (!load::is_by_redis(own)) {
    settings.forbid({"redis", "redis-password-file", "redis-tls-ca", "redis-tls-cert", "redis-tls-key"},
                    "goes with --protocol notify, quotes or quotes-patch");
  } else {
    settings.forbid({"brokers", "kafka-conf"},
                    fmt::format("is of no use to {}, whose events come from --redis", load::name_of(own)));
  }
  if (of_quotes) {
    settings.forbid({"listen"}, fmt::format("is of no use to {}: only quotes of wsload's own tell when they were due",
                                            load::name_of(own)));
    settings.forbid({"verify"}, fmt::format("is of no use to {}, whose {} are verified in any case",
                                            load::name_of(own), patches ? "documents" : "quotes"));
  }
  if (!takes_users(own)) {
    settings.forbid({"users"}, "goes with --protocol notify or quotes");
  } else {
    settings.forbid({"verify"},
                    "is of no use to notify, which has no positions; what is lost or comes twice is counted anyway");
    settings.forbid({"storm"},
                    fmt::format("is of no use to {}, which keeps nothing: what is published meanwhile is lost",
                                load::name_of(own)));
  }
}

}  // namespace wsload
