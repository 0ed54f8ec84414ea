#pragma once
// quotes to a load client: keys are symbols, subscribed to by a message. The quotes carry no mark: their prices tell
// which they are, see QuoteTurns.

#include "load/dialect.hpp"
#include "load/load_options.hpp"
#include "load/quote_turns.hpp"

namespace wsf::load {

class QuotesDialect : public Dialect {
 public:
  explicit QuotesDialect(const LoadOptions& options);

  // Without the symbols of the options that nobody has chosen: what is published of them nobody could get.
  const Plan& plan() const override { return asked_.plan; }
  std::string name_of(std::uint32_t key) const override { return turns_.symbol(key); }
  UpgradeRequest request_of(std::uint32_t connection, std::string_view) const override;
  UpgradeRequest request_of_visitor(std::uint64_t visitor) const override;
  bool resumes_by_request() const override { return true; }
  std::string first_message(std::uint32_t connection, std::string_view) const override;
  bool confirms() const override { return true; }
  Said kind_of(std::string_view text) const override;
  std::string answer_to_ping(std::string_view) const override { return {}; }
  SeenEvent event_of(std::string_view, std::size_t&) const override { return {}; }  // see make_states()
  std::unique_ptr<Ledger> make_ledger(const Share&) const override { return nullptr; }
  std::unique_ptr<StateLedger> make_states(const Share& share) const override;
  // With what was published last.
  DocumentsOutcome compare_states(const Route&, const StateLedgers& states, std::int64_t start_ns) const override;
  std::unique_ptr<EventScript> make_script(const EventPlan& plan, EventScript::Put put,
                                           std::int64_t start_epoch_ns) const override;
  std::vector<std::string> topics() const override;  // the symbols' channels

 private:
  struct Asked {
    Plan plan;
    std::vector<market::Security> securities;  // by key
  };

  static Asked asked_by(const LoadOptions& options);
  ws::Url url_of(std::string_view token) const;

  const ws::Url url_;
  const bool all_fields_;
  const std::vector<std::string> tokens_, visitors_;
  const Asked asked_;
  const QuoteTurns turns_;
};

}  // namespace wsf::load
