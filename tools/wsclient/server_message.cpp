#include "wsclient/server_message.hpp"

#include "base/identifier.hpp"
#include "protocol/fx_rates.hpp"
#include "wsclient/time_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace wsf::wsclient {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxPathDepth = 4;  // deeper members are of no interest
constexpr std::size_t kMaxPairs = 256;    // of a list of pairs or symbols, or of `recovered`

// Follows where the parser is ("event.fxRate.rate") and keeps the members that are wanted.
class Reader : public nlohmann::json_sax<Json> {
 public:
  ServerMessage message;
  RateUpdate update;
  RateUpdate quote;
  std::string untyped_error;
  std::optional<base::Position> offset, prev, from, to;
  std::optional<std::int64_t> kafka_ms;
  std::uint32_t conflated = 0;
  bool is_object = false;

  bool null() override { return true; }
  bool boolean(bool value) override {
    if (at("snapshot")) update.snapshot = quote.snapshot = value;
    const bool recovers = depth_ == 2 && path_[0] == "recovered";
    if (recovers && message.recovered.size() < kMaxPairs) message.recovered.emplace_back(path_[1], value);
    return true;
  }
  bool number_integer(number_integer_t value) override { return on_integer(value, std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    return on_integer(static_cast<std::int64_t>(value), std::to_string(value));
  }
  bool number_float(number_float_t value, const string_t& text) override { return on_number(value, text); }
  bool string(string_t& value) override {
    if (at("type")) message.type = value;
    if (at("message")) message.message = value;
    if (at("code")) message.code = value;
    if (at("error")) untyped_error = value;
    if ((at("currencyPairs.[]") || at("symbols.[]")) && message.pairs.size() < kMaxPairs)
      message.pairs.push_back(value);
    if (at("symbol")) quote.pair = value;
    if (at("timestamp")) quote.event_ms = parse_rfc3339_ms(value);
    if (at("currencyPair")) message.pair = value;
    if (at("event.fxRate.currencyPair")) update.pair = value;
    if (at("event.timestamp")) update.event_ms = parse_rfc3339_ms(value);
    if (at("meta.offset")) offset = protocol::parse_position(value);
    if (at("meta.prev")) prev = protocol::parse_position(value);
    if (at("from")) from = protocol::parse_position(value);
    if (at("to")) to = protocol::parse_position(value);
    return true;
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    if (depth_ == 0) is_object = true;
    return enter("");
  }
  bool key(string_t& name) override {
    if (depth_ <= kMaxPathDepth) path_[depth_ - 1] = name;
    return true;
  }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter("[]"); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override { return false; }

 private:
  bool at(std::string_view wanted) const {
    if (depth_ > kMaxPathDepth) return false;
    for (std::size_t level = 0; level < depth_; ++level) {
      if (!wanted.starts_with(path_[level])) return false;
      wanted.remove_prefix(path_[level].size());
      const bool last = level + 1 == depth_;
      if (last) return wanted.empty();
      if (!wanted.starts_with('.')) return false;
      wanted.remove_prefix(1);
    }
    return false;
  }

  bool enter(const char* name) {
    if (depth_ < kMaxPathDepth) path_[depth_] = name;
    ++depth_;
    return true;
  }

  bool leave() {
    --depth_;
    return true;
  }

  bool on_integer(std::int64_t value, const std::string& text) {
    if (at("meta.kafka")) kafka_ms = value;
    if (at("meta.conflated"))
      conflated =
          static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, std::numeric_limits<std::uint32_t>::max()));
    return on_number(static_cast<double>(value), text);
  }

  bool on_number(double value, const std::string& text) {
    if (at("event.fxRate.rate")) update.rate = {value, text};
    if (at("event.fxRate.bid")) update.bid = {value, text};
    if (at("event.fxRate.ask")) update.ask = {value, text};
    if (at("price")) quote.rate = {value, text};
    if (at("change")) quote.change = {value, text};
    if (at("change_percent")) quote.change_percent = {value, text};
    return true;
  }

  std::string path_[kMaxPathDepth];
  std::size_t depth_ = 0;
};

// "Symbol X not allowed for your subscription": the words that the protocol has for it, with no list beside them.
std::optional<std::string> denied_symbol(std::string_view words) {
  constexpr std::string_view kBefore = "Symbol ", kAfter = " not allowed for your subscription";
  if (!words.starts_with(kBefore) || !words.ends_with(kAfter) || words.size() < kBefore.size() + kAfter.size())
    return std::nullopt;
  const auto symbol = words.substr(kBefore.size(), words.size() - kBefore.size() - kAfter.size());
  return base::is_symbol(symbol) ? std::optional<std::string>(symbol) : std::nullopt;
}

}  // namespace

int Price::decimals() const {
  const auto point = text.find('.');
  if (point == std::string::npos || text.find_first_of("eE") != std::string::npos) return 0;
  return static_cast<int>(text.size() - point - 1);
}

base::Result<ServerMessage> parse_server_message(std::string_view text) {
  Reader reader;
  if (!Json::sax_parse(text, &reader) || !reader.is_object) return base::Error{"not a JSON object"};
  auto message = std::move(reader.message);
  if (message.type == "rateUpdate" && protocol::is_pair(reader.update.pair)) {
    if (reader.offset)
      reader.update.meta = UpdateMeta{*reader.offset, reader.prev, reader.kafka_ms, reader.conflated};
    message.update = std::move(reader.update);
  }
  if (message.type == "quote" && base::is_symbol(reader.quote.pair) && !reader.quote.rate.text.empty())
    message.update = std::move(reader.quote);
  if (message.type.empty() && !reader.untyped_error.empty()) {
    message.type = "error";
    message.code = std::move(reader.untyped_error);
  }
  if (message.type == "error" && message.pairs.empty())
    if (auto symbol = denied_symbol(message.message)) message.pairs.push_back(*std::move(symbol));
  if (message.type == "gap" && reader.from) message.gap = Gap{*reader.from, reader.to};
  return message;
}

}  // namespace wsf::wsclient
