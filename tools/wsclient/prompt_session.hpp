#pragma once
// What the interactive prompt keeps and says, without terminal or connection: which pairs are subscribed, the answers
// that are awaited, and every message in words. Pure but for the times that are passed in; one thread.

#include "wsclient/price_table.hpp"
#include "wsclient/prompt_command.hpp"
#include "wsclient/request.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

class PromptSession {
 public:
  explicit PromptSession(Extras extras) : extras_(extras) {}  // of each subscription

  // The request to send for a command that is one (subscribe, unsubscribe, ping, raw).
  std::string request_of(const PromptCommand& command, std::int64_t now_us);

  // The server's message in words; "" for nothing to say.
  std::string on_message(std::string_view raw, std::string_view clock, std::int64_t now_us);

  // To say again after a reconnect; nothing when there is no subscription.
  std::optional<std::string> resubscription();

  void forget_subscriptions() { subscribed_.clear(); }
  void disconnected();  // no answer comes any more
  bool awaits_answers() const { return unanswered_ > 0; }
  bool has_subscription() const { return !subscribed_.empty(); }
  const std::vector<std::string>& subscribed() const { return subscribed_; }

  const PriceTable& table() const { return table_; }
  std::vector<std::string> known_pairs() const;  // seen or subscribed, and the most traded ones

 private:
  std::string on_pong(std::int64_t now_us);

  const Extras extras_;
  PriceTable table_;
  std::vector<std::string> subscribed_;
  std::deque<std::int64_t> pings_us_;
  std::uint64_t unanswered_ = 0;
};

}  // namespace wsf::wsclient
