#include "wsclient/rates_stream.hpp"

#include "wsclient/conclusion.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wsf::wsclient {
namespace {

Extras extras_of(const Options& options, const Showing& showing) {
  const bool verifies = options.command == Options::Command::verify;
  return {.snapshot = options.snapshot || showing.as_table,
          .meta = options.meta || options.resume || showing.as_table || verifies,
          .status = options.status || showing.as_table,
          .max_rate_hz = options.max_rate_hz};
}

}  // namespace

RatesStream::RatesStream(const Options& options, const Showing& showing)
    : options_(options), in_words_(showing.in_words), extras_(extras_of(options, showing)) {
  for (const auto& pair : options.pairs) table_.watch(pair);
}

Asking RatesStream::on_up() {
  ++connections_;
  acceptance_ = Acceptance(options_.pairs.size());
  const auto last = options_.resume ? table_.check().positions(options_.pairs) : std::vector<protocol::ResumePoint>{};
  table_.reconnected();
  return {.request = subscribe_request(options_.pairs, extras_, last)};
}

Heard RatesStream::take(std::string_view raw, std::int64_t now_us) {
  const auto message = parse_server_message(raw);
  if (!message) return {.understood = false};
  Heard heard;
  if (!is_wanted(*message)) return heard;
  if (const auto finding = table_.take(*message, now_us))
    heard.found = Found{in_words(*finding), as_json(*finding), is_gap(finding->step)};
  heard.is_update = message->update.has_value();
  if (message->update && in_words_) heard.line = update_line(*message->update, local_time(now_us), now_us);
  follow(*message, heard);
  return heard;
}

// A recording may hold more pairs than those that are asked for.
bool RatesStream::is_wanted(const ServerMessage& message) const {
  if (options_.file.empty() || options_.pairs.empty()) return true;
  const auto& pair = message.update ? message.update->pair : message.pair;
  return pair.empty() || std::ranges::find(options_.pairs, pair) != options_.pairs.end();
}

void RatesStream::follow(const ServerMessage& message, Heard& heard) {
  switch (acceptance_.on_message(message)) {
    case Acceptance::News::nothing:
      return;
    case Acceptance::News::accepted:
      heard.told = accepted(message);
      return;
    case Acceptance::News::complaint:
      heard.told = fmt::format("the server says: {}", fit(message.message, kMaxWords, true));
      return;
    case Acceptance::News::refused:
      heard.refused = refused_subscription(message);
  }
}

std::string RatesStream::accepted(const ServerMessage& answer) const {
  if (connections_ < 2) return {};
  const auto& pairs = answer.pairs.empty() ? options_.pairs : answer.pairs;
  const auto& answers = answer.recovered;
  const bool all =
      answers.size() == pairs.size() && std::ranges::all_of(answers, [](const auto& a) { return a.second; });
  return fmt::format("connected again, subscribed again to {}{}", pairs_text(pairs),
                     all ? ", and nothing was missed" : "");
}

std::string RatesStream::summary(std::int64_t elapsed_ms, std::uint64_t reconnects) const {
  return summary_line(table_, elapsed_ms, reconnects);
}

Verdict RatesStream::verdict(std::optional<std::int64_t> elapsed_ms) const {
  const auto& check = table_.check();
  return {conclusion_line(check, elapsed_ms), conclusion_json(check), exit_of(check)};
}

}  // namespace wsf::wsclient
