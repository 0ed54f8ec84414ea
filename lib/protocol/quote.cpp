#include "protocol/quote.hpp"

#include "base/identifier.hpp"
#include "base/timestamp.hpp"
#include "base/units.hpp"
#include "protocol/event_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

namespace wsf::protocol {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxNumberBytes = 32;
constexpr double kMaxNumber = 1e15;  // what made-up prices around it can still be told from, in cents

enum class Member : std::uint8_t { other, symbol, price, change, change_percent, time };

// "ChangePercent", "change_percent" and "changePercent" are one name.
Member member_of(std::string_view key) {
  constexpr std::size_t kLongestWritten = 32;
  std::string name;
  if (key.size() > kLongestWritten) return Member::other;
  for (const char c : key) {
    if (c != '_') name += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  static constexpr std::array<std::pair<std::string_view, Member>, 8> kNames{{
      {"symbol", Member::symbol},
      {"price", Member::price},
      {"currentprice", Member::price},
      {"change", Member::change},
      {"changepercent", Member::change_percent},
      {"timestamp", Member::time},
      {"lastupdated", Member::time},
      {"time", Member::time},
  }};
  const auto* known = std::ranges::find(kNames, name, &std::pair<std::string_view, Member>::first);
  return known == kNames.end() ? Member::other : known->second;
}

// One quote as far as it was read.
struct Draft {
  QuoteEvent event;
  std::optional<Poison> fault;

  void fail(Poison cause) {
    if (!fault) fault = cause;
  }
  std::optional<Poison> verdict() const {
    if (fault) return fault;
    if (!base::is_symbol(event.symbol)) return Poison::bad_symbol;
    if (!event.given.has(QuoteField::price)) return Poison::bad_quote;
    return std::nullopt;
  }
};

// Follows the parser through one quote, or through an object of them, and notes the members that count.
class QuoteReader final : public nlohmann::json_sax<json> {
 public:
  // With a symbol: through a quote of this one.
  explicit QuoteReader(std::optional<std::string_view> symbol) : level_(symbol ? 1 : 2) {
    if (symbol) drafts_.emplace_back().event.symbol = *symbol;
  }

  bool null() override {
    return scalar([](Draft&, Member) {});
  }  // as if it were not there
  bool boolean(bool) override { return wrong(); }
  bool number_integer(number_integer_t value) override {
    return number(static_cast<double>(value), std::to_string(value), value);
  }
  bool number_unsigned(number_unsigned_t value) override {
    const auto ms = static_cast<std::int64_t>(std::min<number_unsigned_t>(value, INT64_MAX));
    return number(static_cast<double>(value), std::to_string(value), ms);
  }
  bool number_float(number_float_t value, const string_t& text) override { return number(value, text, std::nullopt); }
  bool binary(binary_t&) override { return false; }

  bool string(string_t& text) override {
    return scalar([&](Draft& draft, Member member) {
      if (member == Member::symbol) {
        if (text != draft.event.symbol) draft.fail(Poison::bad_symbol);
      } else if (const auto ms = base::parse_rfc3339(text); member == Member::time && ms) {
        draft.event.quote.time_ms = *ms;
        draft.event.given.add(QuoteField::time);
      } else {
        draft.fail(Poison::bad_quote);
      }
    });
  }

  bool key(string_t& key) override {
    member_ = depth_ == level_ ? member_of(key) : Member::other;
    if (depth_ == 1 && level_ == 2) drafts_.emplace_back().event.symbol = key;
    return true;
  }

  bool start_object(std::size_t) override { return open(true); }
  bool start_array(std::size_t) override { return open(false); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t, const std::string&, const json::exception& e) override {
    error_ = poison_of_error(e.id);
    return false;
  }

  std::optional<Poison> error() const { return error_; }
  std::vector<Draft>& drafts() { return drafts_; }

 private:
  template <class Take>
  bool scalar(Take take) {
    if (depth_ == 0) return no_object();
    if (depth_ + 1 == level_) drafts_.back().fail(Poison::bad_quote);  // no object in a quote's place
    if (depth_ == level_ && member_ != Member::other) take(drafts_.back(), member_);
    member_ = Member::other;
    return true;
  }

  bool wrong() {
    return scalar([](Draft& draft, Member) { draft.fail(Poison::bad_quote); });
  }

  bool number(double value, const std::string& text, std::optional<std::int64_t> whole) {
    return scalar([&](Draft& draft, Member member) {
      QuoteEvent& event = draft.event;
      if (text.size() > kMaxNumberBytes || std::abs(value) > kMaxNumber) return draft.fail(Poison::bad_quote);
      switch (member) {
        case Member::price:
          if (value <= 0) return draft.fail(Poison::bad_quote);
          event.quote.price = text;
          return event.given.add(QuoteField::price);
        case Member::change:
          event.quote.change = text;
          return event.given.add(QuoteField::change);
        case Member::change_percent:
          event.quote.change_percent = text;
          return event.given.add(QuoteField::change_percent);
        case Member::time:
          if (!whole || *whole < 0 || *whole > base::kMaxEpochMs) return draft.fail(Poison::bad_quote);
          event.quote.time_ms = *whole;
          return event.given.add(QuoteField::time);
        case Member::symbol:
        case Member::other:
          return draft.fail(Poison::bad_quote);
      }
    });
  }

  bool open(bool object) {
    if (depth_ == 0 && !object) return no_object();
    const bool in_place_of_scalar = depth_ == level_ && member_ != Member::other;
    const bool list_of_quote = depth_ + 1 == level_ && depth_ > 0 && !object;
    if (in_place_of_scalar || list_of_quote) drafts_.back().fail(Poison::bad_quote);
    member_ = Member::other;
    ++depth_;
    return true;
  }

  // Ends the parsing: what lies within is nobody's.
  bool no_object() {
    error_ = Poison::not_object;
    return false;
  }

  bool close() {
    --depth_;
    member_ = Member::other;
    return true;
  }

  std::size_t depth_ = 0;
  const std::size_t level_;  // of a quote's members
  Member member_ = Member::other;
  std::vector<Draft> drafts_;
  std::optional<Poison> error_;
};

// The payload read as a quote of the symbol, or as an object of quotes.
std::variant<std::vector<Draft>, Poison> read(std::string_view payload, std::optional<std::string_view> symbol,
                                              std::size_t max_bytes) {
  if (const auto fault = fault_of_text(payload, max_bytes)) return *fault;
  QuoteReader reader(symbol);
  json::sax_parse(payload, &reader);
  if (const auto error = reader.error()) return *error;
  return std::move(reader.drafts());
}

}  // namespace

QuoteFields difference(const Quote& one, const Quote& other) {
  QuoteFields out;
  if (one.price != other.price) out.add(QuoteField::price);
  if (one.change != other.change) out.add(QuoteField::change);
  if (one.change_percent != other.change_percent) out.add(QuoteField::change_percent);
  if (one.time_ms != other.time_ms) out.add(QuoteField::time);
  return out;
}

Quote completed(QuoteEvent event, const Quote& before, std::int64_t now_ms) {
  Quote out = std::move(event.quote);
  if (!event.given.has(QuoteField::change)) out.change = before.change;
  if (!event.given.has(QuoteField::change_percent)) out.change_percent = before.change_percent;
  if (!event.given.has(QuoteField::time)) out.time_ms = now_ms;
  return out;
}

std::string packed(const Quote& quote) {
  return fmt::format("{}\n{}\n{}\n{}", quote.price, quote.change, quote.change_percent, quote.time_ms);
}

Quote unpacked(std::string_view line) {
  const auto next = [&line] {
    const std::size_t end = std::min(line.find('\n'), line.size());
    const std::string_view part = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return std::string(part);
  };
  Quote out{.price = next(), .change = next(), .change_percent = next()};
  std::from_chars(line.data(), line.data() + line.size(), out.time_ms);
  return out;
}

std::variant<QuoteEvent, Poison> parse_quote(std::string_view payload, std::string_view symbol,
                                             std::size_t max_bytes) {
  auto drafts = read(payload, symbol, max_bytes);
  if (const Poison* fault = std::get_if<Poison>(&drafts)) return *fault;
  Draft& draft = std::get<0>(drafts).front();
  if (const auto fault = draft.verdict()) return *fault;
  return std::move(draft.event);
}

std::variant<PriceUpdates, Poison> parse_price_updates(std::string_view payload, std::size_t max_bytes) {
  auto drafts = read(payload, std::nullopt, max_bytes);
  if (const Poison* fault = std::get_if<Poison>(&drafts)) return *fault;
  PriceUpdates out;
  for (Draft& draft : std::get<0>(drafts)) {
    if (const auto fault = draft.verdict()) {
      out.faults.push_back(*fault);
    } else {
      out.quotes.push_back(std::move(draft.event));
    }
  }
  return out;
}

}  // namespace wsf::protocol
