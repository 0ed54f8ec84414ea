#pragma once
// notify to a load client: a key is a user, and its connections need nothing but the user's token.

#include "load/dialect.hpp"
#include "load/load_options.hpp"

#include <string_view>
#include <unordered_map>

namespace wsf::load {

class NotifyDialect : public Dialect {
 public:
  // Throws base::StartupError(usage) when a token of the options names no user.
  explicit NotifyDialect(const LoadOptions& options);

  const Plan& plan() const override { return plan_; }
  std::string name_of(std::uint32_t key) const override { return users_[key]; }
  UpgradeRequest request_of(std::uint32_t connection, std::string_view) const override;
  UpgradeRequest request_of_visitor(std::uint64_t visitor) const override;
  bool resumes_by_request() const override { return true; }
  std::string first_message(std::uint32_t, std::string_view) const override { return {}; }
  bool confirms() const override { return false; }
  Said kind_of(std::string_view text) const override;
  std::string answer_to_ping(std::string_view) const override { return {}; }
  SeenEvent event_of(std::string_view text, std::size_t& place) const override;
  std::unique_ptr<Ledger> make_ledger(const Share&) const override { return nullptr; }  // there are no positions
  std::unique_ptr<EventScript> make_script(const EventPlan& plan, EventScript::Put put,
                                           std::int64_t start_epoch_ns) const override;
  std::vector<std::string> topics() const override;  // the users' channels

 private:
  const ws::Url url_;
  const std::vector<std::string> users_, tokens_, visitors_;
  const Plan plan_;
  std::unordered_map<std::string_view, std::uint32_t> numbers_;
};

}  // namespace wsf::load
