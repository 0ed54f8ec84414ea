#include "load/quotes_dialect.hpp"

#include "base/check.hpp"
#include "load/client_tokens.hpp"
#include "load/paced_loop.hpp"
#include "load/quote_ledger.hpp"
#include "load/server_message.hpp"
#include "protocol/quotes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace wsf::load {
namespace {

QuotePlan turns_of(const LoadOptions& options, std::vector<market::Security> securities) {
  base::check(options.feed.has_value(), "quotes are known by who has published them");
  const EventPlan& plan = options.feed->plan;
  return {.securities = std::move(securities),
          .rate_per_s = plan.rate_per_s,
          .duration = plan.duration,
          .some = false,
          .seed = plan.seed};
}

std::vector<bool> keys_asked_for(const Plan& plan) {
  std::vector<bool> out(plan.keys);
  for (std::uint32_t connection = 0; connection < plan.connections; connection++) {
    for (std::uint32_t slot = 0; slot < plan.per_connection; slot++) out[plan.key_of(connection, slot)] = true;
  }
  return out;
}

class QuotesScript : public EventScript, private PacedLoop {
 public:
  QuotesScript(const QuoteTurns& turns, const EventPlan& plan, Put put, std::int64_t start_epoch_ns)
      : PacedLoop({.rate_per_s = plan.rate_per_s, .count = 0, .duration = plan.duration}, start_epoch_ns),
        turns_(turns),
        run_(plan.run),
        put_(std::move(put)) {}

  OpenLoop& loop() override { return *this; }
  std::vector<std::uint64_t> due(std::chrono::nanoseconds from, std::chrono::nanoseconds to) const override {
    std::vector<std::uint64_t> out;
    for (std::uint32_t key = 0; key < turns_.symbols(); key++) {
      const std::uint32_t end = turns_.rounds_before(to, key);
      out.push_back(end - std::min(end, turns_.rounds_before(from, key)));
    }
    return out;
  }

 private:
  bool put(std::uint64_t number, std::int64_t due_ns) override {
    const auto key = static_cast<std::uint32_t>(number % turns_.symbols());
    const auto round = static_cast<std::uint32_t>(number / turns_.symbols());
    text_.clear();
    turns_.append_json(text_, round, key, start_epoch_ns());
    return put_({.topic = key, .key = {}, .text = text_, .mark = EventMark{run_, round, due_ns}, .marked_key = key});
  }

  const QuoteTurns& turns_;
  const std::string run_;
  const Put put_;
  std::string text_;
};

}  // namespace

QuotesDialect::Asked QuotesDialect::asked_by(const LoadOptions& options) {
  Asked out;
  out.plan = {.connections = options.connections,
              .keys = static_cast<std::uint32_t>(options.securities.size()),
              .per_connection = options.pairs_per_connection,
              .slow = options.slow};
  base::check(out.plan.per_connection >= 1 && out.plan.per_connection <= out.plan.keys,
              "a connection takes each symbol once");
  out.plan.chosen = choose(out.plan, options.pair_choice, options.seed);
  const std::vector<bool> asked_for = keys_asked_for(out.plan);
  std::vector<std::uint16_t> numbers;  // by that of the options
  for (std::size_t key = 0; key < asked_for.size(); key++) {
    numbers.push_back(static_cast<std::uint16_t>(out.securities.size()));
    if (asked_for[key]) out.securities.push_back(options.securities[key]);
  }
  // By turns those that are left over are the last ones, and nobody has come to them: the arithmetic stays.
  out.plan.keys = static_cast<std::uint32_t>(out.securities.size());
  for (std::uint16_t& key : out.plan.chosen) key = numbers[key];
  return out;
}

QuotesDialect::QuotesDialect(const LoadOptions& options)
    : url_(options.url),
      all_fields_(!options.fields.empty()),
      tokens_(tokens_of(options, options.users > 0 ? options.users : options.connections)),
      visitors_(tokens_of_visitors(options)),
      asked_(asked_by(options)),
      turns_(turns_of(options, asked_.securities)) {}

// As the protocol prints it: a server that was not made by us knows no other way.
ws::Url QuotesDialect::url_of(std::string_view token) const {
  ws::Url out = url_;
  if (all_fields_) add_to_query(out, "fields", "all");
  add_to_query(out, "token", token);
  return out;
}

UpgradeRequest QuotesDialect::request_of(std::uint32_t connection, std::string_view) const {
  return {url_of(tokens_[connection % tokens_.size()])};
}

UpgradeRequest QuotesDialect::request_of_visitor(std::uint64_t visitor) const {
  return {url_of(visitors_[visitor % visitors_.size()])};
}

// A symbol needs no escaping.
std::string QuotesDialect::first_message(std::uint32_t connection, std::string_view) const {
  std::vector<std::string_view> symbols;
  for (std::uint32_t slot = 0; slot < plan().per_connection; slot++) {
    symbols.push_back(turns_.symbol(plan().key_of(connection, slot)));
  }
  return fmt::format(R"({{"type":"subscribe","symbols":["{}"]}})", fmt::join(symbols, R"(",")"));
}

Said QuotesDialect::kind_of(std::string_view text) const {
  const std::string_view type = type_of(text);
  if (type == "quote") return Said::update;
  if (type == "subscribed") return Said::subscribed;
  return type == "error" ? Said::refused : Said::other;
}

std::unique_ptr<StateLedger> QuotesDialect::make_states(const Share& share) const {
  protocol::QuoteFields fields = protocol::QuoteFields::all();
  if (!all_fields_) {
    fields = {};
    fields.add(protocol::QuoteField::price);
    fields.add(protocol::QuoteField::time);
  }
  return std::make_unique<QuoteLedger>(turns_, fields, share);
}

DocumentsOutcome QuotesDialect::compare_states(const Route& /*route*/, const StateLedgers& states,
                                               std::int64_t start_ns) const {
  QuoteDocument last(turns_.symbols());
  for (std::uint32_t key = 0; key < turns_.symbols(); key++) {
    const std::uint32_t rounds = turns_.rounds(key);
    if (rounds > 0) last[key] = turns_.values(rounds - 1, key, start_ns);
  }
  return compare(plan(), states, &last);
}

std::unique_ptr<EventScript> QuotesDialect::make_script(const EventPlan& plan, EventScript::Put put,
                                                        std::int64_t start_epoch_ns) const {
  return std::make_unique<QuotesScript>(turns_, plan, std::move(put), start_epoch_ns);
}

std::vector<std::string> QuotesDialect::topics() const {
  std::vector<std::string> out;
  for (std::uint32_t key = 0; key < turns_.symbols(); key++)
    out.push_back(protocol::quote_channel(turns_.symbol(key)));
  return out;
}

}  // namespace wsf::load
