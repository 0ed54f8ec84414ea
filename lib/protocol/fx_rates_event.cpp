#include "protocol/event_text.hpp"
#include "protocol/fx_rates.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace wsf::protocol {
namespace {

using nlohmann::json;

enum class Member : std::uint8_t { other, event_type, fx_rate, pair, rate, bid, ask };

Member top_member(std::string_view key) {
  if (key == "eventType") return Member::event_type;
  if (key == "fxRate") return Member::fx_rate;
  return Member::other;
}

Member rate_member(std::string_view key) {
  if (key == "currencyPair") return Member::pair;
  if (key == "rate") return Member::rate;
  if (key == "bid") return Member::bid;
  if (key == "ask") return Member::ask;
  return Member::other;
}

// A field as far as it was read: the last member of its name decides.
enum class Field : std::uint8_t { missing, bad, good };

// Follows the parser through the event, and notes the fields that count: eventType, and those of the top-level
// fxRate.
class EventReader final : public nlohmann::json_sax<json> {
 public:
  bool null() override { return scalar(Field::bad); }
  bool boolean(bool) override { return scalar(Field::bad); }
  bool number_integer(number_integer_t) override { return scalar(Field::bad); }  // below 0: the others are unsigned
  bool number_unsigned(number_unsigned_t v) override { return number(v > 0); }
  bool number_float(number_float_t v, const string_t&) override { return number(v > 0); }
  bool binary(binary_t&) override { return false; }

  bool string(string_t& text) override {
    if (member_ == Member::event_type) event_type_ = text == "FxRateUpdated" ? Field::good : Field::bad;
    if (member_ == Member::pair) note_pair(text);
    if (member_ >= Member::rate) numbers(member_) = Field::bad;
    return true;
  }

  bool key(string_t& key) override {
    member_ = Member::other;
    if (depth_ == 1) member_ = top_member(key);
    if (depth_ == 2 && in_fx_rate_) member_ = rate_member(key);
    if (member_ == Member::fx_rate) forget_rate();
    return true;
  }

  bool start_object(std::size_t) override {
    if (depth_ == 0) is_object_ = true;
    const bool is_fx_rate = member_ == Member::fx_rate;
    if (is_fx_rate) has_rate_ = in_fx_rate_ = true;
    return open();
  }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_array() override { return close(); }

  bool parse_error(std::size_t, const std::string&, const json::exception& e) override {
    error_ = poison_of_error(e.id);
    return false;
  }

  std::variant<Pair, Poison> verdict() const {
    if (error_) return *error_;
    if (!is_object_) return Poison::not_object;
    if (event_type_ != Field::good) return Poison::wrong_type;
    if (!has_rate_ || has(Field::missing)) return Poison::missing_field;
    if (pair_state_ == Field::bad) return Poison::invalid_pair;
    if (has(Field::bad)) return Poison::bad_number;
    return pair_;
  }

 private:
  bool has(Field state) const { return pair_state_ == state || std::ranges::find(numbers_, state) != numbers_.end(); }

  Field& numbers(Member member) {
    return numbers_[static_cast<std::size_t>(member) - static_cast<std::size_t>(Member::rate)];
  }

  bool number(bool above_zero) { return scalar(above_zero ? Field::good : Field::bad); }

  // Anything but a string, which only the numbers may be.
  bool scalar(Field as_number) {
    if (member_ == Member::event_type) event_type_ = Field::bad;
    if (member_ == Member::pair) pair_state_ = Field::bad;
    if (member_ >= Member::rate) numbers(member_) = as_number;
    return true;
  }

  void note_pair(std::string_view text) {
    pair_state_ = is_pair(text) ? Field::good : Field::bad;
    if (pair_state_ == Field::good) std::copy_n(text.begin(), kPairBytes, pair_.letters.begin());
  }

  void forget_rate() {
    has_rate_ = false;
    pair_state_ = Field::missing;
    numbers_.fill(Field::missing);
  }

  // Whatever stands inside of a field is none of ours, until the next key of a level that counts.
  bool open() {
    scalar(Field::bad);
    member_ = Member::other;
    ++depth_;
    return true;
  }

  bool close() {
    if (--depth_ == 1) in_fx_rate_ = false;
    member_ = Member::other;
    return true;
  }

  std::size_t depth_ = 0;
  Member member_ = Member::other;  // the one whose value comes next
  bool is_object_ = false;
  bool has_rate_ = false;
  bool in_fx_rate_ = false;
  Field event_type_ = Field::missing;
  Field pair_state_ = Field::missing;
  std::array<Field, 3> numbers_{};  // rate, bid, ask
  Pair pair_{};
  std::optional<Poison> error_;
};

}  // namespace

std::variant<Pair, Poison> check_event(std::string_view event, std::size_t max_bytes) {
  if (const auto fault = fault_of_text(event, max_bytes)) return *fault;
  EventReader reader;
  json::sax_parse(event, &reader);
  return reader.verdict();
}

}  // namespace wsf::protocol
