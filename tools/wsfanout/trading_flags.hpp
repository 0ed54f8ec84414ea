#pragma once
// The flags of the trading protocol alone.

#include "base/settings.hpp"
#include "fanout/options.hpp"

#include <cstdint>
#include <string>

namespace wsfanout {

class TradingFlags {
 public:
  explicit TradingFlags(wsf::base::Settings& settings);

  // After Settings::parse(); `common` holds what the flags for all protocols say. Throws base::StartupError(usage).
  wsf::fanout::TradingOptions options(wsf::fanout::TradingOptions common) const;
  std::uint16_t port() const { return port_; }

 private:
  wsf::base::Settings& settings_;
  wsf::fanout::TradingOptions options_;
  std::string brokers_;
  std::string client_id_ = "websocket-service";
  std::string secret_;
  std::uint16_t port_ = 3003;
  wsf::base::Duration ping_interval_, connection_timeout_;
};

}  // namespace wsfanout
