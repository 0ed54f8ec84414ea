#include "load/fx_rates_dialect.hpp"

#include "base/check.hpp"
#include "load/fx_rates_ledger.hpp"
#include "load/publisher.hpp"
#include "load/server_message.hpp"

#include <utility>

namespace wsf::load {
namespace {

constexpr std::string_view kPairName = R"("currencyPair":")";

Plan plan_of(const LoadOptions& options) {
  Plan out{.connections = options.connections,
           .keys = static_cast<std::uint32_t>(options.pairs.size()),
           .per_connection = options.pairs_per_connection,
           .slow = options.slow};
  base::check(out.per_connection >= 1 && out.per_connection <= out.keys, "a connection takes each pair once");
  out.chosen = choose(out, options.pair_choice, options.seed);
  return out;
}

class FxRatesScript : public EventScript, private EventOutput {
 public:
  FxRatesScript(PublishPlan plan, Put put, std::int64_t start_epoch_ns)
      : pairs_(plan.pairs.size()),
        put_(std::move(put)),
        publisher_(std::move(plan), static_cast<EventOutput&>(*this), start_epoch_ns) {}

  OpenLoop& loop() override { return publisher_; }
  std::vector<std::uint64_t> due(std::chrono::nanoseconds from, std::chrono::nanoseconds to) const override {
    std::vector<std::uint64_t> out(pairs_);
    for (std::size_t pair = 0; pair < pairs_; pair++) out[pair] = publisher_.due_of(pair, from, to);
    return out;
  }

 private:
  bool put(std::string_view pair, std::string_view event) override { return put_({0, pair, event}); }

  const std::size_t pairs_;
  const Put put_;
  Publisher publisher_;
};

}  // namespace

FxRatesDialect::FxRatesDialect(const LoadOptions& options)
    : url_(options.url),
      tokens_(options.tokens),
      topic_(options.feed ? std::get<kafka::Destination>(options.feed->broker).topic : ""),
      verify_(options.verify),
      names_(options.pairs),
      plan_(plan_of(options)) {}

UpgradeRequest FxRatesDialect::request_of(std::uint32_t connection, std::string_view) const {
  return {url_, tokens_.empty() ? std::string_view() : tokens_[connection % tokens_.size()]};
}

UpgradeRequest FxRatesDialect::request_of_visitor(std::uint64_t visitor) const {
  return {url_, tokens_.empty() ? std::string_view() : tokens_[visitor % tokens_.size()]};
}

std::string FxRatesDialect::first_message(std::uint32_t connection, std::string_view resume) const {
  SubscriptionText text{.pairs = {}, .meta = verify_, .resume = std::string(resume)};
  for (std::uint32_t i = 0; i < plan_.per_connection; i++)
    text.pairs.push_back(names_.name(plan_.key_of(connection, i)));
  return subscribe_message(text);
}

Said FxRatesDialect::kind_of(std::string_view text) const {
  const std::string_view type = type_of(text);
  if (type == "rateUpdate") return Said::update;
  if (type == "gap") return Said::gap;
  if (type == "subscribed") return Said::subscribed;
  return type == "error" ? Said::refused : Said::other;
}

SeenEvent FxRatesDialect::event_of(std::string_view text, std::size_t& place) const {
  SeenEvent out{.mark = find_mark(text)};
  const std::string_view pair = find_value(text, kPairName, place);
  out.key = names_.number(pair);
  out.addressed = !pair.empty();
  return out;
}

std::unique_ptr<Ledger> FxRatesDialect::make_ledger(const Share& share) const {
  return std::make_unique<FxRatesLedger>(names_, share);
}

std::unique_ptr<EventScript> FxRatesDialect::make_script(const EventPlan& plan, EventScript::Put put,
                                                         std::int64_t start_epoch_ns) const {
  PublishPlan publish;
  for (std::uint32_t pair = 0; pair < names_.size(); pair++) publish.pairs.push_back(names_.name(pair));
  publish.rate_per_s = plan.rate_per_s;
  publish.burst = plan.burst;
  publish.duration = plan.duration;
  publish.seed = plan.seed;
  publish.run = plan.run;
  return std::make_unique<FxRatesScript>(std::move(publish), std::move(put), start_epoch_ns);
}

}  // namespace wsf::load
