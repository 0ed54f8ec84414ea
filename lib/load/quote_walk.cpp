#include "load/quote_walk.hpp"

#include "base/check.hpp"
#include "base/timestamp.hpp"
#include "load/paced_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

namespace wsf::load {
namespace {

using protocol::QuoteField;
using std::chrono::nanoseconds;

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kStepsPerReach = 100;  // prices stay within 1 %
constexpr int kMostDecimals = 15;
constexpr double kGolden = 0.618;  // of the places: neighbours in time are far apart in price

// A number that looks like chance, of all bits of the three (the finaliser of MurmurHash3).
std::uint64_t mixed(std::uint64_t seed, std::uint64_t event, std::uint64_t symbol) {
  std::uint64_t out = seed ^ (event * 0x9e3779b97f4a7c15ULL) ^ (symbol * 0xc2b2ae3d27d4eb4fULL);
  out = (out ^ (out >> 33)) * 0xff51afd7ed558ccdULL;
  out = (out ^ (out >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return out ^ (out >> 33);
}

double power_of_ten(int exponent) {
  return std::pow(10.0, exponent);
}

// Of a stride that has no factor in common with the modulus, by Euclid.
std::int64_t inverse_of(std::int64_t stride, std::int64_t modulus) {
  std::int64_t a = stride, b = modulus, x = 1, y = 0;
  while (b != 0) {
    const std::int64_t quotient = a / b;
    a = std::exchange(b, a - quotient * b);
    x = std::exchange(y, x - quotient * y);
  }
  return (x % modulus + modulus) % modulus;
}

// 15031 with 2 decimals: 150.31
void append_fixed(std::string& out, std::int64_t units, int decimals) {
  const auto scale = static_cast<std::int64_t>(power_of_ten(decimals));
  const std::int64_t size = std::abs(units);
  fmt::format_to(std::back_inserter(out), "{}{}.{:0{}}", units < 0 ? "-" : "", size / scale, size % scale, decimals);
}

}  // namespace

std::int64_t QuoteWalk::Lane::offset_of(std::uint32_t event) const {
  return std::int64_t{event} % places() * stride % places() - reach;
}

std::int64_t QuoteWalk::Lane::percent_of(std::int64_t offset) const {
  return std::llround(100 * static_cast<double>(offset) / static_cast<double>(base) * percent_per_unit);
}

QuoteWalk::QuoteWalk(QuotePlan plan) : plan_(std::move(plan)) {
  base::check(!plan_.securities.empty() && plan_.rate_per_s > 0 && plan_.rate_per_s <= kMostRate, "a plan of quotes");
  const auto seconds = static_cast<double>(plan_.duration.count()) / 1e9;
  const auto events = static_cast<std::uint64_t>(std::ceil(seconds * plan_.rate_per_s)) + 1;
  for (const market::Security& one : plan_.securities) lanes_.push_back(lane_of(one.base_price, events));
}

// Cents, where there are enough of them for the events.
QuoteWalk::Lane QuoteWalk::lane_of(double base_price, std::uint64_t events) const {
  Lane out;
  for (;; out.decimals++) {
    base::check(out.decimals <= kMostDecimals, "a base price that has room for the events");
    out.per_unit = power_of_ten(out.decimals);
    out.base = std::llround(base_price * out.per_unit);
    out.reach = out.base / kStepsPerReach;
    if (out.reach > 0 && static_cast<std::uint64_t>(out.places()) >= events) break;
  }
  while (power_of_ten(out.percent_decimals) < static_cast<double>(out.base) / 100) out.percent_decimals++;
  out.percent_per_unit = power_of_ten(out.percent_decimals);
  out.stride = std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(out.places()) * kGolden));
  while (std::gcd(out.stride, out.places()) != 1) out.stride++;
  out.inverse = inverse_of(out.stride, out.places());
  return out;
}

bool QuoteWalk::moves(std::uint32_t event, std::uint32_t symbol) const {
  if (!plan_.some || event == 0) return true;
  const std::uint64_t share = mixed(plan_.seed, event, symbols());
  return share % symbols() == symbol || mixed(plan_.seed, event, symbol) < share;  // at least one
}

std::uint32_t QuoteWalk::last_move(std::uint32_t event, std::uint32_t symbol) const {
  while (!moves(event, symbol)) event--;
  return event;
}

nanoseconds QuoteWalk::due(std::uint32_t event) const {
  return PacedLoop::due_at(event, plan_.rate_per_s);
}

std::uint32_t QuoteWalk::first_due(nanoseconds since_start) const {
  if (since_start.count() <= 0) return 0;
  auto out = static_cast<std::uint32_t>(static_cast<double>(since_start.count()) * plan_.rate_per_s / 1e9);
  while (out > 0 && due(out - 1) >= since_start) out--;
  while (due(out) < since_start) out++;
  return out;
}

std::int64_t QuoteWalk::time_ms(std::uint32_t event, std::int64_t start_ns) const {
  return (start_ns + due(event).count()) / kNsPerMs;
}

QuoteValues QuoteWalk::values(std::uint32_t event, std::uint32_t symbol, std::int64_t start_ns) const {
  const Lane& lane = lanes_[symbol];
  const std::int64_t offset = lane.offset_of(event);
  QuoteValues out;
  // What a reader of the text gets, to the last bit: both are the double next to the exact value.
  out.put(QuoteField::price, static_cast<double>(lane.base + offset) / lane.per_unit);
  out.put(QuoteField::change, static_cast<double>(offset) / lane.per_unit);
  out.put(QuoteField::change_percent, static_cast<double>(lane.percent_of(offset)) / lane.percent_per_unit);
  out.put_time(time_ms(event, start_ns));
  return out;
}

void QuoteWalk::append_numbers(std::string& out, std::uint32_t event, std::uint32_t symbol,
                               std::string_view price_name) const {
  const Lane& lane = lanes_[symbol];
  const std::int64_t offset = lane.offset_of(event);
  out += fmt::format(R"("symbol":"{}","{}":)", this->symbol(symbol), price_name);
  append_fixed(out, lane.base + offset, lane.decimals);
  out += R"(,"change":)";
  append_fixed(out, offset, lane.decimals);
  out += R"(,"change_percent":)";
  append_fixed(out, lane.percent_of(offset), lane.percent_decimals);
}

void QuoteWalk::append_json(std::string& out, std::uint32_t event, std::uint32_t symbol,
                            std::int64_t start_ns) const {
  out += '{';
  append_numbers(out, event, symbol, "current_price");
  out += fmt::format(R"(,"last_updated":"{}"}})", base::rfc3339(time_ms(event, start_ns)));
}

std::optional<std::uint32_t> QuoteWalk::event_at(std::int64_t time_ms, std::int64_t start_ns) const {
  if (time_ms < this->time_ms(0, start_ns) || time_ms > (start_ns + plan_.duration.count()) / kNsPerMs)
    return std::nullopt;
  const std::uint32_t event = first_due(nanoseconds(time_ms * kNsPerMs - start_ns));  // of that millisecond, or later
  return this->time_ms(event, start_ns) == time_ms ? std::optional(event) : std::nullopt;
}

std::optional<std::uint32_t> QuoteWalk::event_of(std::uint32_t symbol, QuoteField field, const QuoteValues& values,
                                                 std::int64_t start_ns) const {
  if (field == QuoteField::time) return event_at(values.time_ms, start_ns);
  const Lane& lane = lanes_[symbol];
  const double value = values.number(field);
  const double steps = field == QuoteField::change_percent ? value * static_cast<double>(lane.base) / 100
                       : field == QuoteField::change       ? value * lane.per_unit
                                                           : value * lane.per_unit - static_cast<double>(lane.base);
  if (!(std::abs(steps) < static_cast<double>(lane.reach) + 0.5)) return std::nullopt;
  const std::int64_t place = std::llround(steps) + lane.reach;
  const std::int64_t event = place % lane.places() * lane.inverse % lane.places();
  if (event > UINT32_MAX) return std::nullopt;
  const auto out = static_cast<std::uint32_t>(event);
  return this->values(out, symbol, start_ns).number(field) == value ? std::optional(out) : std::nullopt;
}

}  // namespace wsf::load
