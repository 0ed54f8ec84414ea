#include "wsclient/trading_stream.hpp"

#include <fmt/format.h>

namespace wsf::wsclient {
namespace {

constexpr std::size_t kMaxPositionsShown = 70;  // columns

std::string complaint(const EventMessage& error) {
  const auto words = error.message.empty() ? error.code : error.message;
  return fmt::format("the server says: {}", fit(words, kMaxWords, true));
}

std::uint64_t above_one(std::uint64_t connections) {
  return connections > 0 ? connections - 1 : 0;
}

}  // namespace

TradingStream::TradingStream(const Options& options, const Showing& showing)
    : options_(options),
      in_words_(showing.in_words),
      asks_positions_(options.meta || options.resume || options.command == Options::Command::verify) {}

std::string TradingStream::query() const {
  std::string query;
  const auto add = [&](std::string_view name, const std::string& value) {
    query += fmt::format("{}{}={}", query.empty() ? "" : "&", name, value);
  };
  if (!options_.assessment.empty()) add("assessmentId", options_.assessment);
  if (asks_positions_) add("meta", "1");
  const auto newest = check_.newest();
  if (options_.resume && !newest.empty()) add("since", to_text(newest));
  return query;
}

Asking TradingStream::on_up() {
  if (++connections_ == 1) return {};
  if (!options_.resume) return {.told = "connected again; what came in between is missing (--no-resume)"};
  const auto newest = to_text(check_.newest());
  if (newest.empty()) return {.told = "connected again; nothing had come, so nothing tells what came in between"};
  const auto cut = fit(newest, kMaxPositionsShown, true);
  return {.told = fmt::format("connected again, and asked for what came after {}{}", cut,
                              cut.size() < newest.size() ? "..." : "")};
}

Heard TradingStream::take(std::string_view raw, std::int64_t now_us) {
  const auto message = parse_event_message(raw);
  if (!message) return {.understood = false};
  Heard heard;
  if (message->type == "ping") {
    heard.reply = fmt::format(R"({{"type":"pong","timestamp":{}}})", message->time_ms.value_or(now_us / 1000));
  } else if (message->type == "connected") {
    ++welcomes_;
    heard.line = "connected as " + fit(message->user, kMaxWords, true);
  } else if (message->type == "error") {
    heard.told = complaint(*message);
  } else if (message->type == "gap") {
    heard.found = check_.gap(*message);
  } else if (message->type != "pong" && is_wanted(*message)) {
    take_event(*message, now_us, heard);
  }
  return heard;
}

// A recording may hold more assessments than the one that is asked for.
bool TradingStream::is_wanted(const EventMessage& message) const {
  return options_.file.empty() || options_.assessment.empty() || message.assessment.empty() ||
         message.assessment == options_.assessment;
}

void TradingStream::take_event(const EventMessage& message, std::int64_t now_us, Heard& heard) {
  tally_.add(message.time_ms, now_us);
  heard.is_update = true;
  if (asks_positions_) heard.found = check_.take(message);
  if (in_words_) heard.line = event_line(message, local_time(now_us), now_us);
}

std::string TradingStream::summary(std::int64_t elapsed_ms, std::uint64_t reconnects) const {
  auto line = tally_.text("message", elapsed_ms);
  if (check_.checked() > 0) line += fmt::format(", gaps {}", check_.gaps() + check_.backwards());
  return line + fmt::format(", reconnects {}", reconnects);
}

Verdict TradingStream::verdict(std::optional<std::int64_t> elapsed_ms) const {
  return verdict_of(check_, elapsed_ms, above_one(welcomes_));
}

}  // namespace wsf::wsclient
