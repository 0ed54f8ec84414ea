#pragma once
// trading: the URL asks for an assessment and, after a lost connection, for what came since; the server's JSON pings
// are answered.

#include "wsclient/event_tally.hpp"
#include "wsclient/position_check.hpp"
#include "wsclient/stream.hpp"

namespace wsf::wsclient {

class TradingStream final : public Stream {
 public:
  TradingStream(const Options& options, const Showing& showing);

  std::string query() const override;
  Asking on_up() override;
  Heard take(std::string_view raw, std::int64_t now_us) override;
  std::uint64_t updates() const override { return tally_.count(); }
  std::string summary(std::int64_t elapsed_ms, std::uint64_t reconnects) const override;
  Verdict verdict(std::optional<std::int64_t> elapsed_ms) const override;

 private:
  bool is_wanted(const EventMessage& message) const;
  void take_event(const EventMessage& message, std::int64_t now_us, Heard& heard);

  const Options& options_;
  const bool in_words_;
  const bool asks_positions_;
  EventTally tally_;
  PositionCheck check_;
  std::uint64_t connections_ = 0;
  std::uint64_t welcomes_ = 0;
};

}  // namespace wsf::wsclient
