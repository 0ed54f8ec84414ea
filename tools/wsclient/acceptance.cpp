#include "wsclient/acceptance.hpp"

#include <algorithm>
#include <utility>

namespace wsf::wsclient {

Acceptance::News Acceptance::on_message(const ServerMessage& message) {
  if (message.type == "error") return on_error(message);
  const bool accepts = message.type == "subscribed" || message.update;
  if (!accepts || std::exchange(accepted_, true)) return News::nothing;
  return News::accepted;
}

// An error that names no pairs (subscription_limit) is about the whole request.
Acceptance::News Acceptance::on_error(const ServerMessage& error) {
  if (accepted_) return News::complaint;
  open_ -= error.pairs.empty() ? open_ : std::min(open_, error.pairs.size());
  return open_ == 0 ? News::refused : News::complaint;
}

}  // namespace wsf::wsclient
