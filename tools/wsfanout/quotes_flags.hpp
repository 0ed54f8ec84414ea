#pragma once
// The flags of the quotes protocol alone.

#include "base/settings.hpp"
#include "fanout/options.hpp"
#include "grpc/quote_upstream.hpp"
#include "redis/destination.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace wsfanout {

class QuotesFlags {
 public:
  static constexpr std::uint16_t kPort = 8080;  // if quotes is named first and --port is not set

  explicit QuotesFlags(wsf::base::Settings& settings);

  // After Settings::parse(); `common` holds what the flags for all protocols say. Throws base::StartupError(usage).
  wsf::fanout::QuotesOptions options(wsf::fanout::QuotesOptions common,
                                     const wsf::redis::DestinationFlags& redis) const;

 private:
  void add_grpc();
  std::optional<wsf::grpc::UpstreamOptions> upstream() const;
  std::optional<wsf::fanout::GrpcListenOptions> listen() const;

  wsf::base::Settings& settings_;
  std::uint64_t max_connections_per_user_ = 0, max_subscriptions_ = 0;
  wsf::base::Duration heartbeat_, upstream_grace_;
  std::vector<std::string> tiers_;
  std::string secret_;
  std::string upstream_, listen_;  // HOST:PORT
  wsf::grpc::UpstreamOptions grpc_;
  bool require_token_ = false;
};

}  // namespace wsfanout
