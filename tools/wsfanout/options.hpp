#pragma once
// wsfanout's flags, bound to the server's options.

#include "base/settings.hpp"
#include "fanout/options.hpp"
#include "feed_flags.hpp"
#include "notify_flags.hpp"
#include "quotes_flags.hpp"
#include "quotes_patch_flags.hpp"
#include "redis/destination.hpp"
#include "relay_flags.hpp"
#include "token_flags.hpp"
#include "trace_flags.hpp"
#include "trading_flags.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsfanout {

class CommandLine {
 public:
  explicit CommandLine(wsf::base::Settings& settings);

  // After Settings::parse(). Throws base::StartupError(usage).
  wsf::fanout::Options options() const;

 private:
  void add_listening();
  void add_tls();
  void add_limits();
  void add_times();

  bool serves(std::string_view protocol) const;
  std::string path(std::string_view protocol) const;
  wsf::fanout::RouteOptions route(std::string_view protocol) const;
  wsf::fanout::TradingOptions trading() const;
  wsf::fanout::NotifyOptions notify() const;
  wsf::fanout::QuotesOptions quotes() const;
  wsf::fanout::QuotesPatchOptions quotes_patch() const;
  std::uint16_t default_port() const;
  wsf::fanout::FxRatesOptions fx_rates() const;
  wsf::net::ServerTlsFiles tls() const;
  void check(const wsf::fanout::Options& options) const;
  std::string origins(std::initializer_list<std::string_view> flags) const;

  wsf::base::Settings& settings_;
  wsf::fanout::Options options_;
  wsf::fanout::FxRatesOptions fx_rates_;
  std::vector<std::string> allowed_origins_{"*"};
  std::uint64_t max_connections_per_user_ = 0;
  std::string io_ = "auto";
  std::string compress_ = "on";
  std::string admin_;
  std::string tls_client_auth_ = "required";
  std::vector<std::string> protocols_{"fx-rates"};
  std::vector<std::string> paths_;
  // From the constructor on.
  std::optional<TokenFlags> tokens_;
  std::optional<FeedFlags> feed_;
  std::optional<TradingFlags> trading_;
  std::optional<NotifyFlags> notify_;
  std::optional<QuotesFlags> quotes_;
  std::optional<QuotesPatchFlags> quotes_patch_;
  std::optional<RelayFlags> relay_;
  std::optional<wsf::redis::DestinationFlags> redis_;
  std::optional<TraceFlags> trace_;
  wsf::base::Rate message_rate_, connection_rate_, address_rate_;
  std::vector<std::string> trusted_proxies_;
  wsf::base::Size max_message_, outbox_bytes_;
  wsf::base::Duration heartbeat_, handshake_timeout_, drain_, outbox_age_, write_timeout_, stale_after_;
};

}  // namespace wsfanout
