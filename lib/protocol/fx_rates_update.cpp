#include "protocol/fx_rates.hpp"

#include <charconv>
#include <limits>

namespace wsf::protocol {
namespace {

template <class Integer>
void append_number(std::string& out, Integer value) {
  std::array<char, std::numeric_limits<Integer>::digits10 + 2> text;  // a sign and the digit that digits10 leaves out
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  out.append(text.data(), end);
}

void append_position(std::string& out, const base::Position& position) {
  out += '"';
  append_number(out, position.partition);
  out += '-';
  append_number(out, position.offset);
  out += '"';
}

void append_meta(std::string& out, const Meta& meta) {
  out += R"(,"meta":{"offset":)";
  append_position(out, meta.at);
  out += R"(,"prev":)";
  if (meta.prev) {
    append_position(out, *meta.prev);
  } else {
    out += "null";
  }
  out += R"(,"kafka":)";
  append_number(out, meta.kafka_ms);
  out += R"(,"sent":)";
  append_number(out, meta.sent_ms);
  out += R"(,"conflated":)";
  append_number(out, meta.conflated);
  out += '}';
}

}  // namespace

void append_rate_update(std::string& out, std::string_view event, bool snapshot, const Meta* meta) {
  out += kRateUpdateOpening;
  out += event;
  if (snapshot) out += R"(,"snapshot":true)";
  if (meta != nullptr) append_meta(out, *meta);
  out += '}';
}

}  // namespace wsf::protocol
