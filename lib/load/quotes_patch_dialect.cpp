#include "load/quotes_patch_dialect.hpp"

#include "base/check.hpp"
#include "base/clock.hpp"
#include "load/client_tokens.hpp"
#include "load/document_ledger.hpp"
#include "load/first_message.hpp"
#include "load/quotes_publisher.hpp"
#include "load/server_message.hpp"
#include "protocol/quotes_patch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

namespace wsf::load {
namespace {

constexpr std::string_view kChannel = "price_updates";
constexpr std::string_view kUsualBeginning = R"({"type":"quotes_patch")";
constexpr std::uint32_t kSymbolsAtOnce = 200;
// The server may not have noticed yet that the load's connections have left it room.
constexpr std::chrono::seconds kRoomTimeout{5};
constexpr std::chrono::milliseconds kLook{50};

Plan plan_of(const LoadOptions& options) {
  Plan out{.connections = options.connections,
           .keys = static_cast<std::uint32_t>(options.securities.size()),
           .per_connection = options.pairs_per_connection,
           .slow = options.slow};
  base::check(out.per_connection >= 1 && out.per_connection <= out.keys, "a connection takes each symbol once");
  out.chosen = choose(out, options.pair_choice, options.seed);
  return out;
}

QuotePlan walk_of(const LoadOptions& options) {
  base::check(options.feed.has_value(), "quotes are known by who has published them");
  const EventPlan& plan = options.feed->plan;
  return {.securities = options.securities,
          .rate_per_s = plan.rate_per_s,
          .duration = plan.duration,
          .some = options.moves_some,
          .seed = plan.seed};
}

class QuotesScript : public EventScript {
 public:
  QuotesScript(const QuoteWalk& walk, const EventPlan& plan, Put put, std::int64_t start_epoch_ns)
      : keys_(walk.symbols()), publisher_(walk, plan, std::move(put), start_epoch_ns) {}

  OpenLoop& loop() override { return publisher_; }
  std::vector<std::uint64_t> due(std::chrono::nanoseconds from, std::chrono::nanoseconds to) const override {
    std::vector<std::uint64_t> out(keys_);
    const std::uint64_t end = publisher_.due_before(to);
    out[QuotesPatchDialect::kEvents] = end - std::min(end, publisher_.due_before(from));
    return out;
  }

 private:
  const std::size_t keys_;
  QuotesPublisher publisher_;
};

void put_into(QuoteDocument& document, const QuoteWalk& walk, const PatchReader& reader) {
  for (const PatchOperation& operation : reader.operations()) {
    for (std::uint32_t symbol = 0; symbol < walk.symbols(); symbol++) {
      if (walk.symbol(symbol) == operation.symbol) document[symbol] = operation.values;
    }
  }
}

}  // namespace

QuotesPatchDialect::QuotesPatchDialect(const LoadOptions& options)
    : url_(options.url),
      fields_(options.fields),
      compact_(options.compact),
      warmup_(options.warmup),
      tokens_(tokens_of(options, options.connections)),
      visitors_(tokens_of_visitors(options)),
      walk_(walk_of(options)),
      plan_(plan_of(options)) {}

// As the protocol prints it: a server that was not made by us knows no other way.
ws::Url QuotesPatchDialect::url_of(std::string_view symbols, std::string_view token) const {
  ws::Url out = url_;
  add_to_query(out, "symbols", symbols);
  add_to_query(out, "fields", fields_);
  if (compact_) add_to_query(out, "compact", "1");
  add_to_query(out, "token", token);
  return out;
}

std::string QuotesPatchDialect::symbols_of(std::uint32_t connection) const {
  std::string out;
  for (std::uint32_t slot = 0; slot < plan_.per_connection; slot++) {
    if (slot > 0) out += ',';
    out += walk_.symbol(plan_.key_of(connection, slot));
  }
  return out;
}

UpgradeRequest QuotesPatchDialect::request_of(std::uint32_t connection, std::string_view) const {
  return {url_of(symbols_of(connection), tokens_[connection % tokens_.size()])};
}

UpgradeRequest QuotesPatchDialect::request_of_visitor(std::uint64_t visitor) const {
  return {url_of(symbols_of(0), visitors_[visitor % visitors_.size()])};
}

// Anything but a word of the server's own has to be a patch.
Said QuotesPatchDialect::kind_of(std::string_view text) const {
  if (text.starts_with(kUsualBeginning)) return Said::update;
  return type_of(text) == "error" ? Said::refused : Said::update;
}

std::unique_ptr<StateLedger> QuotesPatchDialect::make_states(const Share& share) const {
  const auto fields = fields_.empty() ? protocol::QuoteFields::all() : protocol::parse_patch_fields(fields_);
  base::check(fields.has_value(), "the fields have been read before");
  return std::make_unique<DocumentLedger>(walk_, *fields, share);
}

base::Result<QuoteDocument> QuotesPatchDialect::fetch_document(const Route& route) const {
  QuoteDocument out(walk_.symbols());
  PatchReader reader;
  for (std::uint32_t from = 0; from < walk_.symbols(); from += kSymbolsAtOnce) {
    std::string symbols;
    for (std::uint32_t symbol = from; symbol < std::min(from + kSymbolsAtOnce, walk_.symbols()); symbol++) {
      symbols += (symbol > from ? "," : "") + walk_.symbol(symbol);
    }
    const auto message = first_message_of(route, {url_of(symbols, tokens_.front())});
    if (!message) return message.error();
    if (!reader.read(*message)) return base::Error{std::string(reader.fault())};
    put_into(out, walk_, reader);
  }
  return out;
}

DocumentsOutcome QuotesPatchDialect::compare_states(const Route& route, const StateLedgers& states,
                                                    std::int64_t /*start_ns*/) const {
  auto server = fetch_document(route);
  for (auto waited = kLook; !server && waited < kRoomTimeout; waited += kLook) {
    std::this_thread::sleep_for(kLook);
    server = fetch_document(route);
  }
  DocumentsOutcome out = compare(plan_, states, server ? &*server : nullptr);
  if (!server) out.failure = server.error().message;
  return out;
}

// Events of the window come one after the other, from the first that is due after the warm-up.
std::uint64_t QuotesPatchDialect::owed_to(std::uint32_t connection, const std::vector<std::uint64_t>& events) const {
  const std::uint32_t first = walk_.first_due(warmup_);
  std::uint64_t out = 0;
  for (std::uint64_t i = 0; i < events[kEvents]; i++) {
    out += concerns(walk_, plan_, connection, first + static_cast<std::uint32_t>(i)) ? 1 : 0;
  }
  return out;
}

std::unique_ptr<EventScript> QuotesPatchDialect::make_script(const EventPlan& plan, EventScript::Put put,
                                                             std::int64_t start_epoch_ns) const {
  return std::make_unique<QuotesScript>(walk_, plan, std::move(put), start_epoch_ns);
}

std::vector<std::string> QuotesPatchDialect::topics() const {
  return {std::string(kChannel)};
}

}  // namespace wsf::load
