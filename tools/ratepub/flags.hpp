#pragma once
// ratepub's own flags, as typed; what goes with what is for flag_rules.hpp, what it means for options.cpp.

#include "base/settings.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ratepub {

inline constexpr const char* kFxRates = "fx-rates";
inline constexpr const char* kTrading = "trading";
inline constexpr const char* kNotify = "notify";
inline constexpr const char* kQuotes = "quotes";
inline constexpr const char* kQuotesPatch = "quotes-patch";

struct Flags {
  std::string protocol{kFxRates};
  std::vector<std::string> pairs{"10"};
  std::vector<std::string> assessments{"10"};
  std::vector<std::string> markets{"BTC", "ETH", "SOL"};
  std::vector<std::string> users{"10"};
  std::vector<std::string> symbols{"10"};
  std::string symbols_file;
  std::optional<wsf::base::Rate> rate;
  wsf::base::Duration interval{std::chrono::seconds(5)};
  std::optional<std::uint64_t> count;
  std::optional<wsf::base::Duration> duration;
  std::uint64_t seed = 0;
  std::vector<std::string> faults;
  std::string record;
  bool from_start = false;
  std::string replay;
  std::string speed = "1";
  bool loop = false;
  wsf::base::Duration timeout{std::chrono::seconds(10)};
  bool dry_run = false;
  std::string grpc_listen;
  std::string mint_token;
  std::string jwt_secret, jwt_secret_file;
  std::string jwt_algorithm = "HS256";
  wsf::base::Duration token_ttl{std::chrono::hours(1)};
  std::string claims;
};

extern const char* const kExamples;

void add_grpc(wsf::base::Settings& settings, Flags& flags);
void add_kafka(wsf::base::Settings& settings, Flags& flags);
void add_events(wsf::base::Settings& settings, Flags& flags);
void add_recordings(wsf::base::Settings& settings, Flags& flags);
void add_tokens(wsf::base::Settings& settings, Flags& flags);

}  // namespace ratepub
