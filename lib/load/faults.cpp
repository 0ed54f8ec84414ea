#include "load/faults.hpp"

#include "base/nearest.hpp"
#include "base/units.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <numeric>
#include <variant>

namespace wsf::load {
namespace {

using protocol::Poison;

constexpr std::size_t kYearDigits = 4;
constexpr std::string_view kTimestamp = R"("timestamp":")";
constexpr std::string_view kLongAgo = "2001";

std::vector<std::string> all_names() {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kFaultCount; i++) names.emplace_back(name(fault_at(i)));
  return names;
}

base::Result<double> parse_share(std::string_view text) {
  const auto refuse = [&] { return base::Error{fmt::format("\"{}\" is no share of the events (like 1%)", text)}; };
  if (!text.ends_with('%')) return refuse();
  const auto percent = base::parse_number(text.substr(0, text.size() - 1));
  if (!percent || *percent < 0 || *percent > 100) return refuse();
  return *percent / 100;
}

base::Result<Fault> parse_fault(std::string_view word) {
  const auto names = all_names();
  for (std::size_t i = 0; i < kFaultCount; i++) {
    if (names[i] == word) return fault_at(i);
  }
  const auto guess = base::nearest(word, names);
  return base::Error{fmt::format(
      "unknown kind \"{}\" ({})", word,
      guess ? fmt::format("did you mean {}?", *guess) : fmt::format("there are {}", fmt::join(names, ", ")))};
}

// The event with a further member at its end; of two members with one name the last one counts.
std::string with_member(std::string_view event, std::string_view member) {
  return fmt::format("{},{}}}", event.substr(0, event.rfind('}')), member);
}

std::string with_rate(std::string_view event, std::string_view pair, std::string_view numbers) {
  return with_member(event, fmt::format(R"("fxRate":{{"currencyPair":"{}",{}}})", pair, numbers));
}

std::string poisoned(Poison cause, std::string_view event) {
  switch (cause) {
    case Poison::too_large:
      return with_member(event, fmt::format(R"("fault":"{}")", std::string(kTooLargeBytes, 'x')));
    case Poison::invalid_utf8:
      return with_member(event, "\"fault\":\"\xFF\xFE\"");
    case Poison::not_json:
      return std::string(event.substr(0, event.rfind('}')));
    case Poison::too_deep:
      return with_member(event, fmt::format("\"fault\":{}{}", std::string(protocol::kMaxJsonDepth, '['),
                                            std::string(protocol::kMaxJsonDepth, ']')));
    case Poison::not_object:
      return R"(["fault"])";
    case Poison::wrong_type:
      return with_member(event, R"("eventType":"Fault")");
    case Poison::missing_field:
      return with_rate(event, "EURUSD", R"("rate":1.1,"bid":1.0)");
    case Poison::invalid_pair:
      return with_rate(event, "fault", R"("rate":1.1,"bid":1.0,"ask":1.2)");
    case Poison::bad_number:
      return with_rate(event, "EURUSD", R"("rate":-1.1,"bid":1.0,"ask":1.2)");
    case Poison::no_type:
    case Poison::no_assessment:
    case Poison::bad_assessment:
    case Poison::bad_symbol:
    case Poison::bad_quote:
      break;  // no event of fx-rates can have them
  }
  return std::string(event);
}

std::optional<BadValue> long_ago(std::string_view event) {
  std::string text(event);
  bool changed = false;
  for (std::size_t at = text.find(kTimestamp); at != text.npos; at = text.find(kTimestamp, at)) {
    at += kTimestamp.size();
    if (at + kYearDigits > text.size()) break;
    text.replace(at, kYearDigits, kLongAgo);
    changed = true;
  }
  return changed ? std::optional(BadValue{std::move(text)}) : std::nullopt;
}

bool is_good(std::string_view event) {
  const auto checked = protocol::check_event(event, std::numeric_limits<std::size_t>::max());
  return std::holds_alternative<protocol::Pair>(checked);
}

}  // namespace

std::string_view name(Fault fault) {
  static constexpr std::array<std::string_view, kFaultCount - protocol::kFxRatesPoisonCount> kOthers = {
      "unkeyed", "duplicate", "tombstone", "out_of_order"};
  const auto index = static_cast<std::size_t>(fault);
  return index < protocol::kFxRatesPoisonCount ? protocol::name(static_cast<Poison>(index))
                                               : kOthers[index - protocol::kFxRatesPoisonCount];
}

base::Result<FaultMix> FaultMix::parse(const std::vector<std::string>& items) {
  FaultMix mix;
  for (const std::string& item : items) {
    const std::size_t equals = item.find('=');
    const auto share = parse_share(std::string_view(item).substr(equals == item.npos ? 0 : equals + 1));
    if (!share) return share.error();
    if (equals == item.npos) {
      if (items.size() > 1) return base::Error{"one share of all kinds, or one for each kind: not_json=1%,..."};
      mix.shares_.fill(*share / kFaultCount);
      return mix;
    }
    const auto fault = parse_fault(std::string_view(item).substr(0, equals));
    if (!fault) return fault.error();
    mix.shares_[static_cast<std::size_t>(*fault)] = *share;
  }
  if (mix.sum() > 1) return base::Error{"more than 100% together"};
  return mix;
}

double FaultMix::sum() const {
  return std::accumulate(shares_.begin(), shares_.end(), 0.0);
}

std::optional<Fault> FaultMix::draw(double chance) const {
  for (std::size_t i = 0; i < kFaultCount; i++) {
    if (chance < shares_[i]) return fault_at(i);
    chance -= shares_[i];
  }
  return std::nullopt;
}

std::optional<BadValue> spoil(Fault fault, std::string_view event) {
  switch (fault) {
    case Fault::tombstone:
      return BadValue{};
    case Fault::unkeyed:
    case Fault::duplicate:
      return BadValue{std::string(event)};
    case Fault::out_of_order:
      return long_ago(event);
    default:
      return BadValue{poisoned(static_cast<Poison>(fault), event)};
  }
}

void FaultyOutput::draw(std::optional<std::string_view> value) {
  drawn_ = true;
  constexpr double kStep = 0x1p-53;  // not <random>'s: those differ between libraries
  const auto fault = mix_.draw(static_cast<double>(random_() >> 11) * kStep);
  if (!fault || !value || !is_good(*value)) return;
  auto bad = spoil(*fault, *value);
  if (!bad) return;
  fault_ = fault;
  bad_ = *std::move(bad);
}

bool FaultyOutput::put_bad(std::optional<std::string_view> key) {
  if (!next_.put_record(*fault_ == Fault::unkeyed ? std::nullopt : key, bad_.value)) return false;
  counts_[static_cast<std::size_t>(*fault_)]++;
  total_.fetch_add(1, std::memory_order_relaxed);
  fault_.reset();
  return true;
}

bool FaultyOutput::put_record(std::optional<std::string_view> key, std::optional<std::string_view> value) {
  if (!drawn_) draw(value);
  if (fault_ && !put_bad(key)) return false;
  if (!next_.put_record(key, value)) return false;
  drawn_ = false;
  return true;
}

std::string FaultyOutput::summary() const {
  std::string out;
  for (std::size_t i = 0; i < kFaultCount; i++) {
    if (!mix_.has(fault_at(i))) continue;
    out += fmt::format("{}{} {}", out.empty() ? "" : " · ", name(fault_at(i)), base::format_count(counts_[i]));
  }
  return out;
}

}  // namespace wsf::load
