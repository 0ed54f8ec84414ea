#include "wsclient/notify_stream.hpp"

#include "protocol/replies.hpp"
#include "wsclient/event_message.hpp"

#include <fmt/format.h>

namespace wsf::wsclient {

Asking NotifyStream::on_up() {
  if (++connections_ == 1) return {};
  return {.told = "connected again; what was published in between was not kept for us (fetch it from its source)"};
}

Heard NotifyStream::take(std::string_view raw, std::int64_t now_us) {
  Heard heard;
  if (raw == protocol::kFeedUnavailable) {
    heard.told =
        "the server has lost its feed (feed_unavailable): what is published until it is back never comes; "
        "its /healthz/redis tells when it is";
    return heard;
  }
  const auto message = parse_event_message(raw);
  heard.is_update = true;
  tally_.add(message ? message->time_ms : std::nullopt, now_us);
  if (!in_words_) return heard;
  const auto clock = local_time(now_us);
  heard.line = message ? event_line(*message, clock, now_us) : fmt::format("{} {}", clock, fit(raw, kMaxWords, true));
  return heard;
}

std::string NotifyStream::summary(std::int64_t elapsed_ms, std::uint64_t reconnects) const {
  return fmt::format("{}, reconnects {}", tally_.text("notification", elapsed_ms), reconnects);
}

Verdict NotifyStream::verdict(std::optional<std::int64_t>) const {
  const char* const why = "nothing checked: notifications have no place in a log";
  return {why, R"({"type":"verdict","result":"nothing"})", base::Exit::runtime};
}

}  // namespace wsf::wsclient
