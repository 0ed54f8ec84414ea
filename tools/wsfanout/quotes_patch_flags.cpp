#include "quotes_patch_flags.hpp"

#include "base/text_file.hpp"
#include "market/symbols.hpp"
#include "token_flags.hpp"

#include <chrono>
#include <random>

namespace wsfanout {
namespace {

constexpr const char* kGroup = "Quotes-patch";
constexpr std::size_t kMaxSymbolsFileBytes = std::size_t{1} << 20;
constexpr double kDay_s = 86'400;

using std::chrono::milliseconds;

milliseconds ms(const wsf::base::Duration& d) {
  return std::chrono::duration_cast<milliseconds>(d.value);
}

}  // namespace

QuotesPatchFlags::QuotesPatchFlags(wsf::base::Settings& settings) : settings_(settings) {
  add_prices();
  add_connections();
}

void QuotesPatchFlags::add_prices() {
  price_interval_.value = options_.price_interval;
  settings_
      .add("--prices", prices_, "Where its prices come from; auto: from Redis where --redis is set, else simulated")
      .one_of({"auto", "simulated", "redis"})
      .type("HOW")
      .group(kGroup);
  settings_.add("--prices-channel", options_.channel, "Redis channel of its prices").type("NAME").group(kGroup);
  settings_.add("--price-interval", price_interval_, "Between the moves of simulated prices")
      .env("PRICE_UPDATE_INTERVAL")
      .type("DURATION")
      .range(0.001, kDay_s)
      .group(kGroup);
  settings_
      .add("--symbols", symbols_file_,
           "Symbols and base prices in place of the well-known ones: lines of \"AAPL 150.25\"")
      .type("FILE")
      .group(kGroup);
  settings_.add("--seed", seed_, "The same seed makes the same prices; 0: others each time").group(kGroup);
}

void QuotesPatchFlags::add_connections() {
  idle_timeout_.value = options_.idle_timeout;
  health_interval_.value = options_.health_interval;
  settings_.add("--quotes-patch-max-symbols", options_.max_symbols, "Most symbols of one session")
      .range(1, 65'536)
      .group(kGroup);
  settings_.add("--quotes-patch-max-connections", max_connections_, "Most of its sessions, within --max-connections")
      .env("WS_MAX_CONNECTIONS")
      .range(1, 10'000'000)
      .group(kGroup);
  settings_
      .add("--quotes-patch-idle-timeout", idle_timeout_,
           "Without a message either way for so long a session is closed with 1001")
      .env("WS_IDLE_TIMEOUT")
      .type("DURATION")
      .range(0.1, 366 * kDay_s)
      .group(kGroup);
  settings_
      .add("--health-check-interval", health_interval_,
           "Of its sessions: between pings, and how long a client may stay silent after one; 0: none")
      .env("WS_HEALTH_CHECK_INTERVAL")
      .type("DURATION")
      .range(0, kDay_s)
      .group(kGroup);
  settings_
      .add("--breaker-threshold", breaker_threshold_, "Of its sessions: failures in a row until the breaker opens")
      .env("WS_CIRCUIT_BREAKER_THRESHOLD")
      .range(1, 255)
      .group(kGroup);
  settings_.add("--quotes-patch-jwt-secret", secret_, "Secret of its tokens, where no key is set for all protocols")
      .env("JWT_SECRET")
      .secret()
      .not_on_command_line()
      .type("SECRET")
      .group(kGroup);
}

bool QuotesPatchFlags::from_redis() const {
  return prices_ == "redis" || (prices_ == "auto" && !settings_.is_default("redis"));
}

wsf::fanout::QuotesPatchOptions QuotesPatchFlags::options(wsf::fanout::QuotesPatchOptions common,
                                                          const wsf::redis::DestinationFlags& redis) const {
  wsf::fanout::QuotesPatchOptions options = std::move(common);
  if (from_redis()) options.redis = redis.resolve();
  options.channel = options_.channel;
  options.max_symbols = options_.max_symbols;
  options.price_interval = ms(price_interval_);
  options.idle_timeout = ms(idle_timeout_);
  options.health_interval = ms(health_interval_);
  options.breaker_threshold = static_cast<std::uint8_t>(breaker_threshold_);
  options.route.max_connections = max_connections_;
  options.seed = seed_ != 0 ? seed_ : std::random_device{}();
  if (!symbols_file_.empty()) {
    const auto text = settings_.value_of("symbols", wsf::base::read_text_file(symbols_file_, kMaxSymbolsFileBytes));
    options.securities = settings_.value_of("symbols", wsf::market::parse_securities(text));
  }
  require_keys(options.route.keys, "quotes-patch", secret_);
  return options;
}

}  // namespace wsfanout
