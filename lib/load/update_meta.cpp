#include "load/update_meta.hpp"

#include "load/take.hpp"
#include "protocol/fx_rates.hpp"

namespace wsf::load {
namespace {

constexpr std::string_view kOpening = R"(,"meta":{"offset":")";
constexpr std::string_view kSnapshot = R"(,"snapshot":true)";

// A position and the quote behind it.
bool take_position(std::string_view& text, base::Position& out) {
  const std::size_t end = text.find('"');
  if (end == text.npos) return false;
  const auto parsed = protocol::parse_position(text.substr(0, end));
  if (!parsed) return false;
  out = *parsed;
  text.remove_prefix(end + 1);
  return true;
}

bool take_or_null(std::string_view& text, std::optional<base::Position>& out) {
  if (take(text, "null")) return true;
  return take(text, "\"") && take_position(text, out.emplace());
}

}  // namespace

std::optional<UpdateMeta> find_meta(std::string_view text) {
  const std::size_t opening = text.rfind(kOpening);
  if (opening == text.npos) return std::nullopt;
  UpdateMeta out;
  out.link.snapshot = text.substr(0, opening).ends_with(kSnapshot);
  text.remove_prefix(opening + kOpening.size());
  const bool whole = take_position(text, out.link.at) && take(text, R"(,"prev":)") &&
                     take_or_null(text, out.link.prev) && take_number(text, R"(,"kafka":)", out.kafka_ms) &&
                     take_number(text, R"(,"sent":)", out.sent_ms) &&
                     take_number(text, R"(,"conflated":)", out.link.conflated);
  return whole ? std::optional(out) : std::nullopt;
}

std::optional<GapNotice> find_gap(std::string_view text) {
  GapNotice out;
  if (!take(text, R"({"type":"gap","currencyPair":")")) return std::nullopt;
  out.pair = text.substr(0, text.find('"'));
  text.remove_prefix(out.pair.size());
  const bool whole = take(text, R"(","from":")") && take_position(text, out.from) && take(text, R"(,"to":)") &&
                     take_or_null(text, out.to);
  return whole ? std::optional(out) : std::nullopt;
}

}  // namespace wsf::load
