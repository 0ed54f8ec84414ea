#include "wsclient/quotes_stream.hpp"

#include "wsclient/line_text.hpp"
#include "wsclient/quotes_request.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>

namespace wsf::wsclient {
namespace {

constexpr std::string_view kUnauthorized = "unauthorized";

}  // namespace

std::optional<std::string> explained_error(const ServerMessage& error) {
  if (error.type != "error" || !error.message.empty()) return std::nullopt;
  if (error.code == "service_unavailable")
    return "the server cannot reach the source of its quotes (service_unavailable)";
  if (error.code == "connection_lost") return "the server has lost the source of its quotes (connection_lost)";
  if (error.code == "feed_unavailable")
    return "the server has lost its feed (feed_unavailable): no quote comes until it is back";
  if (error.code == kUnauthorized) return "the server does not take our token (unauthorized)";
  return std::nullopt;
}

QuotesStream::QuotesStream(const Options& options, const Showing& showing)
    : options_(options), in_words_(showing.in_words) {
  for (const auto& symbol : options.symbols) table_.watch(symbol);
}

std::string QuotesStream::query() const {
  return options_.fields.empty() ? "" : "fields=" + options_.fields;
}

Asking QuotesStream::on_up() {
  ++connections_;
  acceptance_ = Acceptance(options_.symbols.size());
  return {.request = subscribe_quotes_request(options_.symbols, options_.snapshot)};
}

Heard QuotesStream::take(std::string_view raw, std::int64_t now_us) {
  const auto message = parse_server_message(raw);
  if (!message) return {.understood = false};
  Heard heard;
  heard.is_update = message->update.has_value();
  if (message->update) table_.apply(*message->update, now_us);
  if (in_words_ && message->update) heard.line = update_line(*message->update, local_time(now_us), now_us);
  if (in_words_ && message->type == "heartbeat") heard.line = local_time(now_us) + " heartbeat";
  follow(*message, heard);
  return heard;
}

void QuotesStream::follow(const ServerMessage& message, Heard& heard) {
  if (const auto words = explained_error(message)) {
    heard.told = *words;
    const std::string hint = "it wants a valid token: --token-file FILE";
    if (message.code == kUnauthorized)
      heard.refused = Outcome{
          .exit = base::Exit::refused, .line = fmt::format("{} ({})", *words, hint), .brief = *words, .hint = hint};
    if (heard.refused) heard.told.clear();
    return;
  }
  switch (acceptance_.on_message(message)) {
    case Acceptance::News::nothing:
      return;
    case Acceptance::News::accepted:
      return on_accepted(message, heard);
    case Acceptance::News::complaint:
      heard.told = fmt::format("the server says: {}",
                               fit(message.message.empty() ? message.code : message.message, kMaxWords, true));
      return;
    case Acceptance::News::refused:
      heard.refused = refused_subscription(message);
  }
}

void QuotesStream::on_accepted(const ServerMessage& answer, Heard& heard) const {
  const auto symbols = pairs_text(answer.pairs.empty() ? options_.symbols : answer.pairs, Instrument::security);
  if (connections_ > 1) heard.told = fmt::format("connected again, subscribed again to {}", symbols);
  if (connections_ == 1 && in_words_ && heard.line.empty()) heard.line = fmt::format("subscribed to {}", symbols);
}

std::string QuotesStream::summary(std::int64_t elapsed_ms, std::uint64_t reconnects) const {
  return summary_line(table_, elapsed_ms, reconnects);
}

Verdict QuotesStream::verdict(std::optional<std::int64_t>) const {
  const char* const why = "nothing checked: quotes have no place in a log";
  return {why, R"({"type":"verdict","result":"nothing"})", base::Exit::runtime};
}

}  // namespace wsf::wsclient
