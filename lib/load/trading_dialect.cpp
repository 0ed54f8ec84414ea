#include "load/trading_dialect.hpp"

#include "load/client_tokens.hpp"
#include "load/server_message.hpp"
#include "load/trading_ledger.hpp"
#include "load/trading_publisher.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace wsf::load {
namespace {

constexpr std::string_view kMarket = R"("market":")";
constexpr std::string_view kAssessment = R"("assessmentId":")";
constexpr std::string_view kOtherAssessment = R"("assessment_id":")";  // read alike by the server
constexpr std::string_view kPing = R"("type":"ping")";

Plan plan_of(const LoadOptions& options, const TradingKeys& keys) {
  const std::size_t types = keys.assessments > 0 ? TradingKeys::kTypes : 0;
  Plan out{.connections = options.connections,
           .keys = keys.size(),
           .per_connection = static_cast<std::uint32_t>(keys.markets + types),
           .slow = options.slow};
  if (options.storm) out.first_owed = static_cast<std::uint32_t>(keys.markets);  // prices are not repeated
  for (std::uint32_t connection = 0; connection < out.connections; connection++) {
    for (std::uint32_t slot = 0; slot < out.per_connection; slot++) {
      const std::size_t own = keys.assessments > 0 ? connection % keys.assessments * types : 0;
      out.chosen.push_back(static_cast<std::uint16_t>(slot < keys.markets ? slot : own + slot));
    }
  }
  return out;
}

std::unordered_map<std::string_view, std::uint32_t> numbers_of(const std::vector<std::string>& names) {
  std::unordered_map<std::string_view, std::uint32_t> out;
  for (const std::string& name : names) out.emplace(name, static_cast<std::uint32_t>(out.size()));
  return out;
}

class TradingScript : public EventScript, private TradingOutput {
 public:
  TradingScript(const TradingPlan& plan, Put put, std::int64_t start_epoch_ns)
      : put_(std::move(put)), publisher_(plan, static_cast<TradingOutput&>(*this), start_epoch_ns) {}

  OpenLoop& loop() override { return publisher_; }
  std::vector<std::uint64_t> due(std::chrono::nanoseconds from, std::chrono::nanoseconds to) const override {
    return publisher_.due_of_each_key(from, to);
  }

 private:
  bool put(const TradingMessage& message) override {
    return put_({static_cast<std::size_t>(message.topic), message.key, message.text});
  }

  const Put put_;
  TradingPublisher publisher_;
};

}  // namespace

TradingDialect::TradingDialect(const LoadOptions& options)
    : url_(options.url),
      tokens_(tokens_of(options, options.connections)),
      visitors_(tokens_of_visitors(options)),
      verify_(options.verify),
      markets_(options.markets),
      assessments_(numbered("assessment-", options.assessments)),
      keys_{markets_.size(), assessments_.size()},
      plan_(plan_of(options, keys_)),
      market_numbers_(numbers_of(markets_)),
      assessment_numbers_(numbers_of(assessments_)) {
  for (std::size_t topic = 0; topic < types_.size(); topic++) {
    types_[topic] = protocol::type_of_topic(protocol::kTradingTopics[topic]);
  }
}

std::string TradingDialect::name_of(std::uint32_t key) const {
  if (keys_.is_price(key)) return markets_[key];
  const std::size_t at = key - keys_.markets;
  return fmt::format("{} of {}", types_[at % TradingKeys::kTypes + 1], assessments_[at / TradingKeys::kTypes]);
}

// As the protocol prints it: a server that was not made by us knows no other way.
ws::Url TradingDialect::url_of(std::string_view token, std::uint32_t connection, std::string_view since) const {
  ws::Url out = url_;
  add_to_query(out, "token", token);
  if (!assessments_.empty()) add_to_query(out, "assessmentId", assessments_[connection % assessments_.size()]);
  if (verify_) add_to_query(out, "meta", "1");
  add_to_query(out, "since", since);
  return out;
}

UpgradeRequest TradingDialect::request_of(std::uint32_t connection, std::string_view since) const {
  return {url_of(tokens_.empty() ? std::string_view() : tokens_[connection % tokens_.size()], connection, since)};
}

UpgradeRequest TradingDialect::request_of_visitor(std::uint64_t visitor) const {
  return {url_of(visitors_.empty() ? std::string_view() : visitors_[visitor % visitors_.size()], 0, {})};
}

Said TradingDialect::kind_of(std::string_view text) const {
  const std::string_view type = type_of(text);
  if (type == "connected") return Said::subscribed;
  if (type == "ping") return Said::ping;
  if (type == "gap") return Said::gap;
  if (type == "error") return Said::refused;
  return type == "pong" ? Said::other : Said::update;
}

std::string TradingDialect::answer_to_ping(std::string_view ping) const {
  std::string out(ping);
  const std::size_t at = out.find(kPing);
  return at == std::string::npos ? R"({"type":"pong"})" : out.replace(at, kPing.size(), R"("type":"pong")");
}

SeenEvent TradingDialect::event_of(std::string_view text, std::size_t& place) const {
  SeenEvent out{.mark = find_mark(text)};
  const std::string_view type = type_of(text);
  const auto topic = static_cast<std::size_t>(std::ranges::find(types_, type) - types_.begin());
  const bool is_price = topic == static_cast<std::size_t>(TradingTopic::prices);
  std::string_view name = find_value(text, is_price ? kMarket : kAssessment, place);
  if (name.empty() && !is_price) name = find_value(text, kOtherAssessment, place);
  out.addressed = !is_price && !name.empty();
  const auto& numbers = is_price ? market_numbers_ : assessment_numbers_;
  const auto found = numbers.find(name);
  if (topic < types_.size() && found != numbers.end()) {
    out.key = keys_.of(static_cast<TradingTopic>(topic), found->second);
  }
  return out;
}

std::unique_ptr<Ledger> TradingDialect::make_ledger(const Share& share) const {
  return std::make_unique<TradingLedger>(*this, keys_, share);
}

std::unique_ptr<EventScript> TradingDialect::make_script(const EventPlan& plan, EventScript::Put put,
                                                         std::int64_t start_epoch_ns) const {
  TradingPlan out;
  out.markets = markets_;
  out.assessments = assessments_;
  out.rate_per_s = plan.rate_per_s;
  out.duration = plan.duration;
  out.seed = plan.seed;
  out.run = plan.run;
  return std::make_unique<TradingScript>(out, std::move(put), start_epoch_ns);
}

std::vector<std::string> TradingDialect::topics() const {
  return {protocol::kTradingTopics.begin(), protocol::kTradingTopics.end()};
}

}  // namespace wsf::load
