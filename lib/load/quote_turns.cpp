#include "load/quote_turns.hpp"

#include "base/check.hpp"
#include "load/paced_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wsf::load {
namespace {

using protocol::QuoteField;
using std::chrono::nanoseconds;

constexpr std::int64_t kNsPerMs = 1'000'000;

// An event a second, for as many seconds as there are rounds.
QuotePlan of_rounds(QuotePlan plan) {
  base::check(!plan.securities.empty() && plan.rate_per_s > 0 && plan.rate_per_s <= QuoteTurns::kMostRate,
              "a plan of quotes in turn");
  const std::uint64_t rounds = PacedLoop::due_before(plan.duration, plan.rate_per_s) / plan.securities.size() + 1;
  plan.rate_per_s = 1;
  plan.duration = std::chrono::seconds(rounds);
  plan.some = false;
  return plan;
}

}  // namespace

QuoteTurns::QuoteTurns(QuotePlan plan)
    : rate_per_s_(plan.rate_per_s),
      quotes_(PacedLoop::due_before(plan.duration, plan.rate_per_s)),
      walk_(of_rounds(std::move(plan))) {}

nanoseconds QuoteTurns::due(std::uint32_t round, std::uint32_t symbol) const {
  return PacedLoop::due_at(std::uint64_t{round} * symbols() + symbol, rate_per_s_);
}

// Symbols whose turn has come in the last round have one more than the others.
std::uint32_t QuoteTurns::rounds_of(std::uint64_t quotes, std::uint32_t symbol) const {
  return static_cast<std::uint32_t>(quotes / symbols() + (quotes % symbols() > symbol ? 1 : 0));
}

std::uint32_t QuoteTurns::rounds_before(nanoseconds time, std::uint32_t symbol) const {
  return rounds_of(std::min(quotes_, PacedLoop::due_before(time, rate_per_s_)), symbol);
}

std::int64_t QuoteTurns::time_ms(std::uint32_t round, std::uint32_t symbol, std::int64_t start_ns) const {
  return (start_ns + due(round, symbol).count()) / kNsPerMs;
}

QuoteValues QuoteTurns::values(std::uint32_t round, std::uint32_t symbol, std::int64_t start_ns) const {
  QuoteValues out = walk_.values(round, symbol, start_ns);
  out.put_time(time_ms(round, symbol, start_ns));
  return out;
}

void QuoteTurns::append_json(std::string& out, std::uint32_t round, std::uint32_t symbol,
                             std::int64_t start_ns) const {
  out += '{';
  walk_.append_numbers(out, round, symbol, "price");
  out += fmt::format(R"(,"timestamp":{}}})", time_ms(round, symbol, start_ns));
}

std::optional<std::uint32_t> QuoteTurns::round_of(std::uint32_t symbol, double price) const {
  QuoteValues values;
  values.put(QuoteField::price, price);
  const auto out = walk_.event_of(symbol, QuoteField::price, values, 0);
  return out && *out < rounds(symbol) ? out : std::nullopt;
}

}  // namespace wsf::load
