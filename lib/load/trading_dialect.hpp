#pragma once
// trading to a load client. A connection is asked for by its URL and has the prices of all markets, and the events of
// one assessment. A key is a market, or one type of event of an assessment: what is published of it stands in one
// partition of one topic, so it comes in order.

#include "load/dialect.hpp"
#include "load/load_options.hpp"
#include "load/trading_keys.hpp"

#include <array>
#include <string_view>
#include <unordered_map>

namespace wsf::load {

class TradingDialect : public Dialect {
 public:
  explicit TradingDialect(const LoadOptions& options);

  const Plan& plan() const override { return plan_; }
  std::string name_of(std::uint32_t key) const override;
  UpgradeRequest request_of(std::uint32_t connection, std::string_view since) const override;
  UpgradeRequest request_of_visitor(std::uint64_t visitor) const override;
  bool resumes_by_request() const override { return true; }
  std::string first_message(std::uint32_t, std::string_view) const override { return {}; }
  bool confirms() const override { return true; }  // by its welcome
  Said kind_of(std::string_view text) const override;
  std::string answer_to_ping(std::string_view ping) const override;
  SeenEvent event_of(std::string_view text, std::size_t& place) const override;
  std::unique_ptr<Ledger> make_ledger(const Share& share) const override;
  std::unique_ptr<EventScript> make_script(const EventPlan& plan, EventScript::Put put,
                                           std::int64_t start_epoch_ns) const override;
  std::vector<std::string> topics() const override;

 private:
  ws::Url url_of(std::string_view token, std::uint32_t connection, std::string_view since) const;

  const ws::Url url_;
  const std::vector<std::string> tokens_, visitors_;
  const bool verify_;
  const std::vector<std::string> markets_, assessments_;
  const TradingKeys keys_;
  const Plan plan_;
  std::array<std::string_view, protocol::kTradingTopics.size()> types_;  // by topic
  std::unordered_map<std::string_view, std::uint32_t> market_numbers_, assessment_numbers_;
};

}  // namespace wsf::load
