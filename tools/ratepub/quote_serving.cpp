#include "quote_serving.hpp"

#include "base/check.hpp"
#include "base/standard_streams.hpp"
#include "base/units.hpp"
#include "grpc/host_port.hpp"
#include "grpc/quote_server.hpp"
#include "load/progress_line.hpp"
#include "open_desk.hpp"
#include "protocol/quotes.hpp"
#include "run.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <utility>
#include <variant>
#include <vector>

namespace ratepub {
namespace {

namespace grpc = wsf::grpc;
namespace protocol = wsf::protocol;
using wsf::base::format_count;

constexpr std::size_t kMaxQuoteBytes = 1'024;
constexpr std::size_t kMaxSymbols = 10'000;    // of a stream
constexpr std::chrono::seconds kLastWords{1};  // for streams to end before they are cut off
// As much as Redis keeps for one that reads late, rather than what a server spares its clients: who is fed for a test
// shall miss nothing.
constexpr wsf::hub::OutboxLimits kOutbox{
    .outbox_bytes = std::size_t{32} << 20, .conflate_age_ms = 60'000, .outbox_age_ms = 60'000};

void tell(const std::string& line) {
  wsf::base::tell("ratepub", line);
}

grpc::QuoteServerOptions server_at(const wsf::ws::Endpoint& endpoint) {
  grpc::QuoteServerOptions options{.host = endpoint.host, .port = endpoint.port};
  options.limits.outbox = kOutbox;
  options.limits.max_subscriptions = kMaxSymbols;
  return options;
}

class StreamOutlet : public Outlet {
 public:
  StreamOutlet(grpc::QuoteServer& server, OpenDesk& desk) : server_(server), desk_(desk) {}
  bool put_to(std::size_t, std::optional<std::string_view> channel, std::optional<std::string_view> value) override {
    const auto symbol = protocol::symbol_of_channel(channel.value_or(""));
    auto quote = protocol::parse_quote(value.value_or(""), symbol.value_or(""), kMaxQuoteBytes);
    auto* const event = std::get_if<protocol::QuoteEvent>(&quote);
    wsf::base::check(event != nullptr, "what is made up is a quote");
    const auto batch = std::make_shared<const std::vector<protocol::QuoteEvent>>(1, std::move(*event));
    if (!server_.post(batch)) return false;
    desk_.know(batch->front());
    return true;
  }

 private:
  grpc::QuoteServer& server_;
  OpenDesk& desk_;
};

// What is told of a run: how far it is, and what it came to. A quote is published when the streams have been looked
// through for it.
class Account {
 public:
  Account(const Source& source, const grpc::QuoteServer& server)
      : source_(source), streams_(server.counters().streams), progress_(fileno(stderr)) {}

  void look() {
    if (progress_.wanted()) progress_.redraw(counts(run_time(source_)));
  }
  void close(std::chrono::nanoseconds time);
  bool lost_nothing() const { return streams_.conflated.value() == 0 && streams_.slow_closed.value() == 0; }

 private:
  std::string counts(std::chrono::nanoseconds time) const {
    return fmt::format("{} · {} published · {} reached nobody · {} sent to streams",
                       queued_text(source_.published(), time), format_count(streams_.quotes.value()),
                       format_count(streams_.unwanted.value()), format_count(streams_.quotes_sent.value()));
  }

  const Source& source_;
  const grpc::StreamCounters& streams_;
  wsf::load::ProgressLine progress_;
};

void Account::close(std::chrono::nanoseconds time) {
  progress_.finish("ratepub: " + counts(time) + late_text(source_.loop().lateness()));
  if (streams_.unwanted.value() > 0) {
    tell(fmt::format("{} of {} reached nobody: no stream had asked for their symbols at that moment",
                     format_count(streams_.unwanted.value()), format_count(streams_.quotes.value())));
  }
  if (lost_nothing()) return;
  tell(fmt::format("streams that were slow to take them: {} quotes left out, {} streams ended",
                   format_count(streams_.conflated.value()), format_count(streams_.slow_closed.value())));
}

}  // namespace

bool serve_quotes(const Options& options, const std::atomic<bool>& stop) {
  const auto source = make_source(options);
  OpenDesk desk;
  grpc::QuoteServer server(server_at(*options.grpc_listen), desk);
  server.set_serving(true);
  tell(fmt::format("publishing {} as MarketDataService on {}", source->text(),
                   grpc::host_port(options.grpc_listen->host, server.port())));
  StreamOutlet outlet(server, desk);
  source->start(outlet);
  Account account(*source, server);
  const auto look = [&] { account.look(); };
  const auto time = run_shown(*source, nullptr, stop, look);
  const bool settled =
      await_confirmations([&](auto step) { return server.flush(step); }, options.timeout, stop, look);
  server.stop(kLastWords);
  account.close(time);
  if (!settled) tell("not all was taken in time");
  return settled && account.lost_nothing();
}

}  // namespace ratepub
