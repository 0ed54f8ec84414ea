#pragma once
// The chains of fx-rates, as the texts of one thread's connections tell of them.

#include "load/chain_ledger.hpp"

namespace wsf::load {

class FxRatesLedger : public Ledger {
 public:
  FxRatesLedger(const PairNumbers& names, const Share& share)
      : names_(names), share_(share), chains_(names, share.subscriptions()) {}

  Followed follow(const Subscription& subscription, std::string_view update, std::uint32_t missing) override;
  void announce_gap(std::uint32_t connection, std::string_view text) override;
  std::string come_back(std::uint32_t connection) override;  // members of "resume": "EURUSD":"3-1234",...
  void answered(std::uint32_t connection, std::string_view text) override;
  const ChainCounts& counts() const override { return chains_.counts(); }

 private:
  const PairNumbers& names_;
  const Share share_;
  ChainLedger chains_;
};

}  // namespace wsf::load
