#pragma once
// The flags that say what is read from Kafka, from where, and how much of it is kept.

#include "base/settings.hpp"
#include "fanout/options.hpp"

#include <cstdint>
#include <string>

namespace wsfanout {

class FeedFlags {
 public:
  explicit FeedFlags(wsf::base::Settings& settings);

  // After Settings::parse(); `common` holds what other flags say. Throws base::StartupError(usage).
  wsf::fanout::FxRatesOptions fx_rates(wsf::fanout::FxRatesOptions common) const;
  wsf::fanout::TradingOptions trading(wsf::fanout::TradingOptions common) const;
  std::uint64_t max_event_bytes() const { return max_event_.bytes; }
  bool embedded_broker() const { return embedded_broker_; }

 private:
  template <class ProtocolOptions>
  ProtocolOptions with_feed(ProtocolOptions options) const;
  void take_event_hubs(wsf::fanout::FxRatesOptions& options) const;

  wsf::base::Settings& settings_;
  wsf::kafka::ConnectionOptions kafka_;
  std::string topic_, group_;
  bool embedded_broker_ = false;
  std::uint64_t history_ = 0;
  wsf::base::Size max_event_, history_bytes_;
  wsf::base::Duration history_age_, breaker_open_;
};

}  // namespace wsfanout
