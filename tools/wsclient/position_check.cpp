#include "wsclient/position_check.hpp"

#include "base/units.hpp"
#include "protocol/fx_rates.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

namespace wsf::wsclient {
namespace {

constexpr std::size_t kMaxSinceBytes = 8 * 1024;  // a request line and its headers have 16 KiB

std::string as_text(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Found repetition(const std::string& topic, const base::Position& last, const base::Position& at) {
  return {fmt::format("{}: repeated or backwards: {} came after {}", topic, protocol::to_text(at),
                      protocol::to_text(last)),
          fmt::format(
              R"({{"type":"hole","topic":{},"cause":"backwards","accounted":false,"after":"{}","position":"{}"}})",
              as_text(topic), protocol::to_text(last), protocol::to_text(at)),
          true};
}

std::string_view result(const PositionCheck& check) {
  if (check.backwards() > 0) return "out_of_order";
  if (check.gaps() > 0) return "gaps";
  return check.checked() > 0 ? "in_order" : "nothing";
}

std::string nothing_checked(const PositionCheck& check) {
  if (check.unplaced() == 0) return "nothing checked: no message was there";
  return fmt::format(
      "nothing checked: {} without \"position\" (subscribe asks for it, unless --no-resume says otherwise)",
      counted(check.unplaced(), "message"));
}

std::string in_words(const PositionCheck& check, std::optional<std::int64_t> elapsed_ms, std::uint64_t reconnects) {
  if (check.checked() == 0 && check.gaps() == 0) return nothing_checked(check);
  auto what = fmt::format("{} of {}", counted(check.checked(), "message"), counted(check.logs(), "log"));
  if (elapsed_ms) what += fmt::format(" in {}", elapsed_text(*elapsed_ms));
  if (check.backwards() > 0)
    return fmt::format("OUT OF ORDER: {}, {} of them repeated or backwards, gaps {}, reconnects {}", what,
                       base::format_count(check.backwards()), check.gaps(), reconnects);
  if (check.gaps() > 0)
    return fmt::format("in order: {}, but {} announced, reconnects {}", what, counted(check.gaps(), "gap"),
                       reconnects);
  return fmt::format("in order: {}, none twice, reconnects {}", what, reconnects);
}

}  // namespace

std::optional<Found> PositionCheck::take(const EventMessage& message) {
  if (!message.position) return ++unplaced_, std::nullopt;
  const auto& [topic, at] = *message.position;
  const Chain chain{{topic, at.partition}, message.is_price() ? '$' + message.market : ""};
  const auto found = last_.find(chain);
  if (found == last_.end() && last_.size() >= kMaxChains) return ++unplaced_, std::nullopt;
  ++checked_;
  if (message.is_price()) newest_price_ = *message.position;
  if (found == last_.end()) return last_.emplace(chain, at), std::nullopt;
  if (is_later(at, found->second)) return found->second = at, std::nullopt;
  ++backwards_;
  return repetition(topic, found->second, at);
}

Found PositionCheck::gap(const EventMessage& message) {
  ++gaps_;
  return {fmt::format("{}: gap: the server no longer holds all that came after {} (fetch the present state anew)",
                      fit(message.assessment, kMaxWords, true), fit(message.since, kMaxWords, true)),
          fmt::format(R"({{"type":"hole","assessmentId":{},"cause":"gap","accounted":true,"after":{}}})",
                      as_text(message.assessment), as_text(message.since)),
          true};
}

std::vector<protocol::TopicPosition> PositionCheck::newest() const {
  std::vector<protocol::TopicPosition> positions;
  std::size_t bytes = 0;
  for (const auto& [chain, last] : last_) {
    const auto& [log, market] = chain;
    if (!market.empty()) continue;
    bytes += protocol::to_text(log.first, last).size() + 1;
    if (positions.size() == protocol::kMaxSince || bytes > kMaxSinceBytes) break;
    positions.push_back({log.first, last});
  }
  if (positions.empty() && newest_price_) positions.push_back(*newest_price_);
  return positions;
}

std::size_t PositionCheck::logs() const {
  std::set<Log> logs;
  for (const auto& [chain, last] : last_) logs.insert(chain.first);
  return logs.size();
}

std::string to_text(const std::vector<protocol::TopicPosition>& positions) {
  std::string text;
  for (const auto& [topic, position] : positions) {
    if (!text.empty()) text += ',';
    text += protocol::to_text(topic, position);
  }
  return text;
}

Verdict verdict_of(const PositionCheck& check, std::optional<std::int64_t> elapsed_ms, std::uint64_t reconnects) {
  const auto json = fmt::format(
      R"({{"type":"verdict","result":"{}","messages":{},"unplaced":{},"logs":{},"reconnects":{},"backwards":{},"gaps":{}}})",
      result(check), check.checked(), check.unplaced(), check.logs(), reconnects, check.backwards(), check.gaps());
  const auto exit = check.backwards() > 0 ? base::Exit::threshold_missed
                    : check.checked() > 0 ? base::Exit::ok
                                          : base::Exit::runtime;
  return {in_words(check, elapsed_ms, reconnects), json, exit};
}

}  // namespace wsf::wsclient
