#pragma once
// The texts between a load client and the server: the subscription, and what is read of the answers. By searching for
// bytes, as with marks: a generator that parsed JSON would measure itself.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

struct SubscriptionText {
  std::vector<std::string_view> pairs;
  bool meta = false;
  std::string resume = {};  // members: "EURUSD":"3-1234",...
};
std::string subscribe_message(const SubscriptionText& subscription);

// The value of the first "type" of a server's message: "rateUpdate", "subscribed", ...; empty: none.
std::string_view type_of(std::string_view text);

// Whether an answer "subscribed" says of a pair that it was resumed without a hole; std::nullopt: it says nothing of
// it.
std::optional<bool> recovery_of(std::string_view pair, std::string_view text);

}  // namespace wsf::load
