#pragma once
// The flags of the notify protocol alone.

#include "base/settings.hpp"
#include "fanout/options.hpp"
#include "redis/destination.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace wsfanout {

class NotifyFlags {
 public:
  explicit NotifyFlags(wsf::base::Settings& settings);

  // After Settings::parse(); `common` holds what the flags for all protocols say. Throws base::StartupError(usage).
  wsf::fanout::NotifyOptions options(wsf::fanout::NotifyOptions common,
                                     const wsf::redis::DestinationFlags& redis) const;
  std::uint16_t port() const { return port_; }

 private:
  void add_cluster_limits();

  wsf::base::Settings& settings_;
  std::string own_url_;
  std::string secret_, algorithm_ = "HS256";
  std::vector<std::string> origins_;
  std::uint16_t port_ = 8080;
  std::uint64_t max_connections_per_user_ = 5;
  bool cluster_limits_ = false;
  wsf::base::Duration cluster_lease_;
  wsf::base::Duration idle_timeout_;
};

}  // namespace wsfanout
