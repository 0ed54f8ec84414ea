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

  // To say again after a reconnect, with what was missed where `resume` and positions are known; nothing when there
  // is no subscription.
  std::optional<std::string> resubscription(bool resume);

  void forget_subscriptions() { subscribed_.clear(); }
  void disconnected();  // no answer comes any more
  bool awaits_answers() const { return !unanswered_.empty(); }
  bool was_refused() const { return was_refused_; }  // a subscription, or a part of one
  bool has_subscription() const { return !subscribed_.empty(); }
  const std::vector<std::string>& subscribed() const { return subscribed_; }

  const PriceTable& table() const { return table_; }
  std::vector<std::string> known_pairs() const;  // seen or subscribed, and the most traded ones

 private:
  // A request that no answer has come to. Answers come in the order of the requests.
  struct Asked {
    std::vector<std::string> pairs;  // of subscribe
    std::vector<std::string> added;  // those that were not subscribed before
  };

  std::string on_pong(std::int64_t now_us);
  void ask(Asked asked);
  void on_answer(const ServerMessage& answer);
  void on_refusal(const ServerMessage& error);

  const Extras extras_;
  PriceTable table_;
  std::vector<std::string> subscribed_;
  std::deque<std::int64_t> pings_us_;
  std::deque<Asked> unanswered_;
  bool rest_is_refused_ = false;  // the last answer left pairs out: an error about them follows
  bool was_refused_ = false;
};

}  // namespace wsf::wsclient
