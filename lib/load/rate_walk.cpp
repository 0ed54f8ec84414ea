#include "load/rate_walk.hpp"

#include "base/check.hpp"
#include "base/timestamp.hpp"
#include "protocol/fx_rates.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <unordered_set>

namespace wsf::load {
namespace {

// How much a unit is worth, roughly, in US dollars; and how finely it is quoted against its like.
struct Currency {
  std::string_view code;
  double usd;
  bool liquid;
};
constexpr std::array kCurrencies{
    Currency{"USD", 1.0, true},      Currency{"EUR", 1.085, true},    Currency{"GBP", 1.27, true},
    Currency{"JPY", 0.0065, true},   Currency{"CHF", 1.13, true},     Currency{"AUD", 0.655, true},
    Currency{"NZD", 0.605, true},    Currency{"CAD", 0.735, true},    Currency{"SEK", 0.0955, true},
    Currency{"NOK", 0.0935, true},   Currency{"DKK", 0.1455, false},  Currency{"PLN", 0.252, false},
    Currency{"CZK", 0.0435, false},  Currency{"HUF", 0.00276, false}, Currency{"TRY", 0.031, false},
    Currency{"ZAR", 0.054, false},   Currency{"MXN", 0.0555, false},  Currency{"SGD", 0.745, false},
    Currency{"HKD", 0.128, false},   Currency{"CNH", 0.1385, false},  Currency{"CNY", 0.1386, false},
    Currency{"INR", 0.0119, false},  Currency{"KRW", 0.00073, false}, Currency{"THB", 0.028, false},
    Currency{"BRL", 0.185, false},   Currency{"ILS", 0.27, false},    Currency{"RON", 0.218, false},
    Currency{"TWD", 0.031, false},   Currency{"PHP", 0.0175, false},  Currency{"MYR", 0.215, false},
    Currency{"IDR", 6.25e-5, false}, Currency{"CLP", 0.00105, false}, Currency{"COP", 0.00024, false},
    Currency{"AED", 0.2723, false},  Currency{"SAR", 0.2667, false},  Currency{"XAU", 2310.0, false},
    Currency{"XAG", 28.4, false}};

constexpr double kMajorSpread = 0.9e-4;  // of the rate: about one pip of EURUSD
constexpr double kCrossSpread = 2.0e-4;
constexpr double kExoticSpread = 6.0e-4;
constexpr double kStep = 0.4e-4;             // the largest move between two events
constexpr double kFarthest = 0.02;           // from the start, either way
constexpr std::int64_t kLeastPoints = 1000;  // a rate below would have no room for a spread

Currency currency(std::string_view code) {
  const auto* found =
      std::find_if(kCurrencies.begin(), kCurrencies.end(), [&](const auto& c) { return c.code == code; });
  return found != kCurrencies.end() ? *found : Currency{code, 1.0, false};
}

double spread_of(const Currency& base, const Currency& quote) {
  if (!base.liquid || !quote.liquid) return kExoticSpread;
  return base.code == "USD" || quote.code == "USD" ? kMajorSpread : kCrossSpread;
}

std::int64_t points(double value) {
  return std::max<std::int64_t>(1, std::llround(value));
}

std::int64_t between(std::mt19937_64& random, std::int64_t lowest, std::int64_t highest) {
  const auto count = static_cast<std::uint64_t>(highest - lowest) + 1;
  return lowest + static_cast<std::int64_t>(random() % count);  // not <random>'s: those differ between libraries
}

void append_decimal(std::string& out, std::int64_t in_points, int decimals) {
  const std::int64_t unit = decimals == 3 ? 1'000 : 100'000;
  fmt::format_to(std::back_inserter(out), FMT_COMPILE("{}.{:0{}}"), in_points / unit, in_points % unit, decimals);
}

base::Result<std::vector<std::string>> first_well_known(const std::string& count) {
  const auto& known = well_known_pairs();
  std::size_t n = 0;
  const auto [end, ec] = std::from_chars(count.data(), count.data() + count.size(), n);
  if (ec != std::errc{} || end != count.data() + count.size() || n == 0 || n > known.size()) {
    return base::Error{fmt::format("'{}' is no number of pairs: 1 to {}", count, known.size())};
  }
  return std::vector<std::string>(known.begin(), known.begin() + static_cast<std::ptrdiff_t>(n));
}

}  // namespace

base::Result<std::vector<std::string>> choose_pairs(const std::vector<std::string>& wanted) {
  if (wanted.size() == 1 && !wanted[0].empty() && wanted[0].find_first_not_of("0123456789") == std::string::npos) {
    return first_well_known(wanted[0]);
  }
  std::vector<std::string> out;
  std::unordered_set<std::string> seen;
  for (const auto& pair : wanted) {
    if (!protocol::is_pair(pair)) {
      return base::Error{
          fmt::format("'{}' is no currency pair: six capital letters, e.g. EURUSD", pair.substr(0, 32))};
    }
    if (seen.insert(pair).second) out.push_back(pair);
  }
  if (out.empty()) return base::Error{"no currency pair: e.g. EURUSD,GBPUSD, or a number"};
  if (out.size() > kMaxPairs) return base::Error{fmt::format("more than {} currency pairs", kMaxPairs)};
  return out;
}

RateWalk::RateWalk(const std::vector<std::string>& pairs, std::uint64_t seed) : random_(seed) {
  pairs_.reserve(pairs.size());
  for (const auto& pair : pairs) {
    base::check(protocol::is_pair(pair), "a pair has six letters");
    const Currency base = currency(std::string_view(pair).substr(0, 3));
    const Currency quote = currency(std::string_view(pair).substr(3));
    const int decimals = quote.code == "JPY" ? 3 : 5;
    const double rate = base.usd / quote.usd * (decimals == 3 ? 1e3 : 1e5);
    const auto start = std::max(kLeastPoints, points(rate));
    const auto half_spread = points(static_cast<double>(start) * spread_of(base, quote) / 2);
    pairs_.push_back({start, start, half_spread, points(static_cast<double>(start) * kStep), decimals});
  }
}

Quote RateWalk::next(std::size_t index) {
  Pair& pair = pairs_[index];
  const auto farthest = points(static_cast<double>(pair.start) * kFarthest);
  const auto moved = pair.rate + between(random_, -pair.step, pair.step);
  pair.rate = std::clamp(moved, pair.start - farthest, pair.start + farthest);
  return {pair.rate, pair.rate - pair.half_spread, pair.rate + pair.half_spread, pair.decimals};
}

void append_event(std::string& out, std::string_view pair, const Quote& quote, std::string_view event_id,
                  std::int64_t timestamp_ms, const LoadMark& mark) {
  const auto at = base::rfc3339(timestamp_ms);
  const auto to = std::back_inserter(out);
  fmt::format_to(to, FMT_COMPILE(R"({{"eventId":"{}","eventType":"FxRateUpdated","timestamp":"{}",)"), event_id, at);
  fmt::format_to(to, FMT_COMPILE(R"("fxRate":{{"currencyPair":"{}","rate":)"), pair);
  append_decimal(out, quote.rate, quote.decimals);
  out += R"(,"bid":)";
  append_decimal(out, quote.bid, quote.decimals);
  out += R"(,"ask":)";
  append_decimal(out, quote.ask, quote.decimals);
  fmt::format_to(to, FMT_COMPILE(R"(,"timestamp":"{}","source":"ratepub","confidenceScore":0.95}},)"), at);
  fmt::format_to(to, FMT_COMPILE(R"("load":{{"run":"{}","seq":{},"due_ns":{}}}}})"), mark.run, mark.seq, mark.due_ns);
}

// RFC 9562, 5.4
std::string make_uuid(std::mt19937_64& random) {
  const std::uint64_t high = (random() & ~0xf000ULL) | 0x4000ULL;
  const std::uint64_t low = (random() & ~(3ULL << 62)) | (2ULL << 62);
  return fmt::format(FMT_COMPILE("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}"), high >> 32, (high >> 16) & 0xffff,
                     high & 0xffff, low >> 48, low & 0xffff'ffff'ffffULL);
}

}  // namespace wsf::load
