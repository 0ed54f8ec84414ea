#pragma once
// fx-rates: pairs are subscribed by a message, and each update has a place in its pair's chain.

#include "wsclient/acceptance.hpp"
#include "wsclient/price_table.hpp"
#include "wsclient/request.hpp"
#include "wsclient/stream.hpp"

namespace wsf::wsclient {

class RatesStream final : public Stream {
 public:
  RatesStream(const Options& options, const Showing& showing);

  Asking on_up() override;
  Heard take(std::string_view raw, std::int64_t now_us) override;
  std::uint64_t updates() const override { return table_.updates(); }
  std::string summary(std::int64_t elapsed_ms, std::uint64_t reconnects) const override;
  Verdict verdict(std::optional<std::int64_t> elapsed_ms) const override;
  const PriceTable* table() const override { return &table_; }

 private:
  bool is_wanted(const ServerMessage& message) const;
  void follow(const ServerMessage& message, Heard& heard);
  std::string accepted(const ServerMessage& answer) const;

  const Options& options_;
  const bool in_words_;
  const Extras extras_;
  PriceTable table_;
  Acceptance acceptance_{0};
  std::uint64_t connections_ = 0;
};

}  // namespace wsf::wsclient
