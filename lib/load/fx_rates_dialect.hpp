#pragma once
// fx-rates to a load client: keys are currency pairs, asked for by a message.

#include "load/dialect.hpp"
#include "load/load_options.hpp"
#include "load/pair_numbers.hpp"

namespace wsf::load {

class FxRatesDialect : public Dialect {
 public:
  explicit FxRatesDialect(const LoadOptions& options);

  const Plan& plan() const override { return plan_; }
  std::string name_of(std::uint32_t key) const override { return names_.name(key); }
  UpgradeRequest request_of(std::uint32_t connection, std::string_view resume) const override;
  UpgradeRequest request_of_visitor(std::uint64_t visitor) const override;
  bool resumes_by_request() const override { return false; }
  std::string first_message(std::uint32_t connection, std::string_view resume) const override;
  bool confirms() const override { return true; }
  Said kind_of(std::string_view text) const override;
  std::string answer_to_ping(std::string_view) const override { return {}; }
  SeenEvent event_of(std::string_view text, std::size_t& place) const override;
  std::unique_ptr<Ledger> make_ledger(const Share& share) const override;
  std::unique_ptr<EventScript> make_script(const EventPlan& plan, EventScript::Put put,
                                           std::int64_t start_epoch_ns) const override;
  std::vector<std::string> topics() const override { return {topic_}; }

 private:
  const ws::Url url_;
  const std::vector<std::string> tokens_;
  const std::string topic_;
  const bool verify_;
  const PairNumbers names_;
  const Plan plan_;
};

}  // namespace wsf::load
