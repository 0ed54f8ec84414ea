#pragma once
// The flags of the quotes-patch protocol alone.

#include "base/settings.hpp"
#include "fanout/options.hpp"
#include "redis/destination.hpp"

#include <cstdint>
#include <string>

namespace wsfanout {

class QuotesPatchFlags {
 public:
  static constexpr std::uint16_t kPort = 8080;  // if quotes-patch is named first and --port is not set

  explicit QuotesPatchFlags(wsf::base::Settings& settings);

  // After Settings::parse(); `common` holds what the flags for all protocols say. Throws base::StartupError(usage).
  wsf::fanout::QuotesPatchOptions options(wsf::fanout::QuotesPatchOptions common,
                                          const wsf::redis::DestinationFlags& redis) const;

 private:
  void add_prices();
  void add_connections();
  bool from_redis() const;

  wsf::base::Settings& settings_;
  wsf::fanout::QuotesPatchOptions options_;
  std::string secret_;
  std::string prices_ = "auto";
  std::string symbols_file_;
  std::uint64_t seed_ = 0;
  std::uint64_t max_connections_ = 10'000;
  unsigned breaker_threshold_ = 5;
  wsf::base::Duration price_interval_, idle_timeout_, health_interval_;
};

}  // namespace wsfanout
