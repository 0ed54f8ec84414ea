#pragma once
// What the interactive prompt keeps and says, without terminal or connection: which names (pairs or symbols) are
// subscribed, the answers that are awaited, and every message in words. Pure but for the times that are passed in;
// one thread.

#include "wsclient/price_table.hpp"
#include "wsclient/prompt_command.hpp"
#include "wsclient/prompt_language.hpp"
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
  // `extras`: of each subscription.
  explicit PromptSession(Extras extras, const PromptLanguage& language = rates_language())
      : extras_(extras), language_(language), table_(language.instrument) {}

  const PromptLanguage& language() const { return language_; }

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
  std::vector<std::string> known_names() const;  // seen or subscribed, and the best known ones

 private:
  // A request that no answer has come to. Answers come in the order of the requests.
  struct Asked {
    std::vector<std::string> names;  // of subscribe; those that no error has named yet
    std::vector<std::string> added;  // those that were not subscribed before
  };

  std::string on_pong(std::int64_t now_us);
  void ask(Asked asked);
  void on_answer(const ServerMessage& answer);
  void on_refusal(const ServerMessage& error);
  void settle(const ServerMessage& error);

  const Extras extras_;
  const PromptLanguage& language_;
  PriceTable table_;
  std::vector<std::string> subscribed_;
  std::deque<std::int64_t> pings_us_;
  std::deque<Asked> unanswered_;
  std::vector<std::string> left_out_;  // by the last answer: errors about them follow
  bool was_refused_ = false;
};

}  // namespace wsf::wsclient
