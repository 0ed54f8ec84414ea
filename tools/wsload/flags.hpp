#pragma once
// wsload's own flags, as typed; what they mean together is for options.cpp.

#include "base/settings.hpp"
#include "load/open_loop.hpp"
#include "net/client_tls.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace wsload {

struct Flags {
  std::string protocol = "fx-rates";
  std::string url;  // empty: the protocol's own on this machine
  wsf::net::TlsFiles tls;
  std::uint64_t connections = 10'000;
  std::vector<std::string> pairs = {"50"};
  std::uint64_t pairs_per_connection = 10;
  std::string pair_choice = "uniform";
  wsf::base::Rate ramp{1000};
  wsf::base::Rate publish{10};
  std::uint64_t burst = 1;
  bool listen = false;
  wsf::base::Duration duration{std::chrono::seconds(60)};
  wsf::base::Duration warmup{std::chrono::seconds(1)};
  wsf::base::Duration max_lateness{wsf::load::kMaxLateness};
  std::vector<std::string> expect;
  std::string json;
  std::string report;
  std::vector<std::string> source_addresses;
  std::uint64_t threads = 1;
  bool verify = false;
  std::string slow = "0";
  bool storm = false;
  wsf::base::Rate churn{0};
  std::uint64_t seed = 0;
  std::string compress = "off";
  std::uint64_t assessments = 10;
  std::vector<std::string> markets = {"BTC", "ETH", "SOL"};
  std::uint64_t users = 0;
  std::string moving = "all";
  std::vector<std::string> fields;  // empty: all
  bool compact = false;
  std::string token_file;
  std::string jwt_secret, jwt_secret_file;
  std::uint64_t server_pid = 0;
  std::string find_capacity;  // empty, "rate" or "connections"
  std::string tolerance = "10%";
  std::vector<std::string> compared;
};

// Each adds one group of --help, bound to `flags`; the groups come in the order of the calls.
void add_load(wsf::base::Settings& settings, Flags& flags);
void add_protocols(wsf::base::Settings& settings, Flags& flags);
void add_trouble(wsf::base::Settings& settings, Flags& flags);
void add_events(wsf::base::Settings& settings, Flags& flags);
void add_verdict(wsf::base::Settings& settings, Flags& flags);
void add_comparison(wsf::base::Settings& settings, Flags& flags);

extern const char* const kExamples;

}  // namespace wsload
