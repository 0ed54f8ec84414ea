#include "wsclient/event_message.hpp"

#include "wsclient/line_text.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>

namespace wsf::wsclient {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMark = "load";  // that ratepub leaves for those who measure

// Of the names that Kafka allows: a position goes back to the server in a URL.
bool is_topic(std::string_view name) {
  return std::ranges::all_of(name, [](unsigned char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
           c == '-';
  });
}

std::optional<std::int64_t> integer_of(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// What can be told from the next member without quotes, is.
std::string shown(const std::string& text) {
  const bool plain = !text.empty() && text.find_first_of(" =\"") == std::string::npos;
  const auto cut = fit(text, kMaxValueShown, true);
  const auto whole = cut.size() == text.size() ? cut : cut + "...";
  return plain ? whole : '"' + whole + '"';
}

// Takes the members of the outermost object; what lies deeper is only said to be there.
class Reader : public nlohmann::json_sax<Json> {
 public:
  EventMessage message;
  bool is_object = false;

  bool null() override { return on_value("null"); }
  bool boolean(bool value) override { return on_value(value ? "true" : "false"); }
  bool number_integer(number_integer_t value) override { return on_value(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return on_value(std::to_string(value)); }
  bool number_float(number_float_t, const string_t& text) override { return on_value(text); }
  bool string(string_t& value) override {
    if (depth_ == 1) on_text(value);
    return true;
  }
  bool binary(binary_t&) override { return true; }
  bool start_object(std::size_t) override {
    if (depth_ == 0) is_object = true;
    return enter("{...}");
  }
  bool key(string_t& name) override {
    if (depth_ == 1) name_ = name;
    return true;
  }
  bool end_object() override { return leave(); }
  bool start_array(std::size_t) override { return enter("[...]"); }
  bool end_array() override { return leave(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override { return false; }

 private:
  bool enter(const char* instead) {
    if (depth_ == 1 && name_ != kMark) keep(instead);
    ++depth_;
    return true;
  }
  bool leave() {
    --depth_;
    return true;
  }

  // A number, true, false or null.
  bool on_value(const std::string& text) {
    if (depth_ != 1) return true;
    if (name_ != "timestamp") return keep(text);
    message.timestamp = text;
    message.time_ms = integer_of(text);
    return true;
  }

  void on_text(const std::string& value) {
    if (name_ == "type") {
      message.type = value;
    } else if (name_ == "assessmentId" || name_ == "assessment_id") {
      message.assessment = value;
    } else if (name_ == "timestamp") {
      message.timestamp = value;
      message.time_ms = parse_rfc3339_ms(value);
    } else if (name_ == "position") {
      message.position = protocol::parse_topic_position(value);
      if (message.position && !is_topic(message.position->topic)) message.position.reset();
    } else {
      remember(value);
      keep(shown(value));
    }
  }

  // What is shown like any other member, and means something besides.
  void remember(const std::string& value) {
    if (name_ == "market") message.market = value;
    if (name_ == "userId") message.user = value;
    if (name_ == "message") message.message = value;
    if (name_ == "code") message.code = value;
    if (name_ == "since") message.since = value;
  }

  bool keep(std::string value) {
    if (message.rest.size() < kMaxMembersShown) message.rest.emplace_back(name_, std::move(value));
    return true;
  }

  std::string name_;
  std::size_t depth_ = 0;
};

}  // namespace

base::Result<EventMessage> parse_event_message(std::string_view text) {
  Reader reader;
  if (!Json::sax_parse(text, &reader) || !reader.is_object) return base::Error{"not a JSON object"};
  return std::move(reader.message);
}

std::string event_line(const EventMessage& message, std::string_view clock, std::int64_t now_us) {
  const auto& whose = message.assessment.empty() ? message.market : message.assessment;
  std::string line = clock.empty() ? "" : fmt::format("{} ", clock);
  line += message.type.empty() ? "(no type)" : fit(message.type, kMaxValueShown, true);
  if (!whose.empty()) line += ' ' + fit(whose, kMaxValueShown, true);
  for (const auto& [name, value] : message.rest) {
    if (name == "market" && message.assessment.empty()) continue;  // it stands before
    line += fmt::format(" {}={}", fit(name, kMaxValueShown, true), value);
  }
  if (const auto age = passed_us(message.time_ms, now_us)) line += ' ' + coarse_latency_text(*age);
  return line;
}

}  // namespace wsf::wsclient
