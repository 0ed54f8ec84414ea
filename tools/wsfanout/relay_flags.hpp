#pragma once
// The flags by which fx-rates uses Redis: as a feed, to relay to, to keep subscriptions in.

#include "base/settings.hpp"
#include "fanout/options.hpp"
#include "redis/destination.hpp"

#include <string>

namespace wsfanout {

class RelayFlags {
 public:
  explicit RelayFlags(wsf::base::Settings& settings);

  // After Settings::parse(); `common` holds what the other flags say. Throws base::StartupError(usage).
  wsf::fanout::FxRatesOptions options(wsf::fanout::FxRatesOptions common,
                                      const wsf::redis::DestinationFlags& redis) const;

 private:
  wsf::base::Settings& settings_;
  std::string feed_ = "kafka", relay_to_ = "none", channel_, own_url_;
  wsf::base::Duration keep_subscriptions_{};
};

}  // namespace wsfanout
