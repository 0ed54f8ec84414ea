#include "base/identifier.hpp"
#include "protocol/event_text.hpp"
#include "protocol/json_text.hpp"
#include "protocol/trading.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace wsf::protocol {
namespace {

using nlohmann::json;

constexpr std::string_view kMarketPrice = "market_price";

// By the begin of a topic's name.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kTopicTypes{{
    {"trading.pnl", "pnl_update"},
    {"trading.positions", "position_update"},
    {"trading.rules", "rule_status"},
    {"trading.violations", "violation"},
    {"trading.assessments", "assessment_update"},
    {"market-data.", kMarketPrice},
}};

enum class Member : std::uint8_t { other, type, assessment, market };

Member member_of(std::string_view key) {
  if (key == "type") return Member::type;
  if (key == "assessmentId" || key == "assessment_id") return Member::assessment;
  if (key == "market") return Member::market;
  return Member::other;
}

// A member's value as far as it was read; the last of its name decides.
struct Text {
  bool there = false;
  std::optional<std::string> value;  // of one that is a string
};

// Follows the parser through the value, and notes what its top level says of the route.
class RouteReader final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return take(std::nullopt); }
  bool boolean(bool) override { return take(std::nullopt); }
  bool number_integer(number_integer_t) override { return take(std::nullopt); }
  bool number_unsigned(number_unsigned_t) override { return take(std::nullopt); }
  bool number_float(number_float_t, const string_t&) override { return take(std::nullopt); }
  bool binary(binary_t&) override { return false; }
  bool string(string_t& text) override { return take(std::move(text)); }

  bool key(string_t& key) override {
    member_ = depth_ == 1 ? member_of(key) : Member::other;
    return true;
  }
  bool start_object(std::size_t) override {
    if (depth_ == 0) is_object_ = true;
    return open();
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t, const std::string&, const json::exception& e) override {
    error_ = poison_of_error(e.id);
    return false;
  }

  std::optional<Poison> error() const {
    if (error_) return error_;
    if (!is_object_) return Poison::not_object;
    return std::nullopt;
  }
  const Text& of(Member member) const { return texts_[static_cast<std::size_t>(member)]; }

 private:
  bool take(std::optional<std::string> value) {
    texts_[static_cast<std::size_t>(member_)] = {true, std::move(value)};
    member_ = Member::other;
    return true;
  }
  bool open() {
    take(std::nullopt);
    ++depth_;
    return true;
  }
  bool close() {
    --depth_;
    member_ = Member::other;
    return true;
  }

  std::size_t depth_ = 0;
  Member member_ = Member::other;  // the one whose value comes next
  bool is_object_ = false;
  std::array<Text, 4> texts_;
  std::optional<Poison> error_;
};

// A JSON object with one more member at its begin.
std::string with_type(std::string_view object, std::string_view type) {
  const std::size_t open = object.find('{');
  const std::size_t next = object.find_first_not_of(" \t\r\n", open + 1);
  std::string out(object.substr(0, open + 1));
  out += R"("type":)";
  append_quoted(out, type);
  if (object[next] != '}') out += ',';
  out += object.substr(open + 1);
  return out;
}

}  // namespace

std::string_view type_of_topic(std::string_view topic) {
  for (const auto& [begin, type] : kTopicTypes) {
    if (topic.starts_with(begin)) return type;
  }
  return {};
}

std::variant<TradingEvent, Poison> check_trading_event(std::string_view value, std::string_view topic,
                                                       std::size_t max_bytes) {
  if (const auto fault = fault_of_text(value, max_bytes)) return *fault;
  RouteReader reader;
  json::sax_parse(value, &reader);
  if (const auto error = reader.error()) return *error;

  const Text& own_type = reader.of(Member::type);
  if (own_type.there && (!own_type.value || own_type.value->empty())) return Poison::no_type;
  const std::string_view type = own_type.there ? std::string_view(*own_type.value) : type_of_topic(topic);
  if (type.empty()) return Poison::no_type;

  TradingEvent event;
  event.market_price = type == kMarketPrice;
  if (event.market_price) {
    event.key = reader.of(Member::market).value.value_or("");
  } else {
    const Text& assessment = reader.of(Member::assessment);
    if (!assessment.there) return Poison::no_assessment;
    if (!assessment.value || !base::is_id(*assessment.value)) return Poison::bad_assessment;
    event.key = *assessment.value;
  }
  event.text = own_type.there ? std::string(value) : with_type(value, type);
  return event;
}

}  // namespace wsf::protocol
