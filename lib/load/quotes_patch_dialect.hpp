#pragma once
// quotes-patch to a load client: keys are symbols, asked for by the URL; what comes are changes of a document.
// One event moves many symbols, so events are counted by themselves, not by key: the vectors of events by key have
// them all at kEvents.

#include "base/result.hpp"
#include "load/dialect.hpp"
#include "load/load_options.hpp"
#include "load/quote_walk.hpp"

namespace wsf::load {

class QuotesPatchDialect : public Dialect {
 public:
  static constexpr std::uint32_t kEvents = 0;

  explicit QuotesPatchDialect(const LoadOptions& options);

  const Plan& plan() const override { return plan_; }
  std::string name_of(std::uint32_t key) const override { return walk_.symbol(key); }
  UpgradeRequest request_of(std::uint32_t connection, std::string_view) const override;
  UpgradeRequest request_of_visitor(std::uint64_t visitor) const override;
  bool resumes_by_request() const override { return true; }
  std::string first_message(std::uint32_t, std::string_view) const override { return {}; }
  bool confirms() const override { return true; }  // by the first quotes
  bool confirms_by_update() const override { return true; }
  Said kind_of(std::string_view text) const override;
  std::string answer_to_ping(std::string_view) const override { return {}; }
  SeenEvent event_of(std::string_view, std::size_t&) const override { return {}; }  // see make_states()
  std::unique_ptr<Ledger> make_ledger(const Share&) const override { return nullptr; }
  std::unique_ptr<StateLedger> make_states(const Share& share) const override;
  DocumentsOutcome compare_states(const Route& route, const StateLedgers& states, std::int64_t) const override;
  std::uint64_t owed_to(std::uint32_t connection, const std::vector<std::uint64_t>& events) const override;
  std::unique_ptr<EventScript> make_script(const EventPlan& plan, EventScript::Put put,
                                           std::int64_t start_epoch_ns) const override;
  std::vector<std::string> topics() const override;  // one channel

 private:
  ws::Url url_of(std::string_view symbols, std::string_view token) const;
  std::string symbols_of(std::uint32_t connection) const;
  base::Result<QuoteDocument> fetch_document(const Route& route) const;

  const ws::Url url_;
  const std::string fields_;  // as asked for; empty: all
  const bool compact_;
  const std::chrono::nanoseconds warmup_;
  const std::vector<std::string> tokens_, visitors_;
  const QuoteWalk walk_;
  const Plan plan_;
};

}  // namespace wsf::load
