#pragma once
// quotes: symbols are subscribed by a message; quotes have no place in a log, so that nothing tells what was missed.

#include "wsclient/acceptance.hpp"
#include "wsclient/price_table.hpp"
#include "wsclient/stream.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace wsf::wsclient {

// What an error means that is about the server or the connection, {"error":"connection_lost"}, and no answer to a
// request; nothing for any other.
std::optional<std::string> explained_error(const ServerMessage& error);

class QuotesStream final : public Stream {
 public:
  QuotesStream(const Options& options, const Showing& showing);

  std::string query() const override;
  Asking on_up() override;
  Heard take(std::string_view raw, std::int64_t now_us) override;
  std::uint64_t updates() const override { return table_.updates(); }
  std::string summary(std::int64_t elapsed_ms, std::uint64_t reconnects) const override;
  Verdict verdict(std::optional<std::int64_t> elapsed_ms) const override;

 private:
  void follow(const ServerMessage& message, Heard& heard);
  void on_accepted(const ServerMessage& answer, Heard& heard) const;

  const Options& options_;
  const bool in_words_;
  PriceTable table_{Instrument::security};
  Acceptance acceptance_{0};
  std::uint64_t connections_ = 0;
};

}  // namespace wsf::wsclient
