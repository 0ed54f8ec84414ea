#pragma once
// notify: whatever is published for the token's user, from the first connection on. Nothing is kept, so nothing can
// be asked for again.

#include "wsclient/event_tally.hpp"
#include "wsclient/stream.hpp"

namespace wsf::wsclient {

class NotifyStream final : public Stream {
 public:
  explicit NotifyStream(const Showing& showing) : in_words_(showing.in_words) {}

  Asking on_up() override;
  Heard take(std::string_view raw, std::int64_t now_us) override;
  std::uint64_t updates() const override { return tally_.count(); }
  std::string summary(std::int64_t elapsed_ms, std::uint64_t reconnects) const override;
  Verdict verdict(std::optional<std::int64_t> elapsed_ms) const override;

 private:
  const bool in_words_;
  EventTally tally_;
  std::uint64_t connections_ = 0;
};

}  // namespace wsf::wsclient
