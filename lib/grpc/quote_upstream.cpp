#include "grpc/quote_upstream.hpp"

#include "base/exit_codes.hpp"
#include "base/log_limiter.hpp"
#include "base/random_source.hpp"
#include "grpc/client_stream.hpp"
#include "grpc/host_port.hpp"
#include "grpc/library_log.hpp"
#include "grpc/upstream_credentials.hpp"
#include "hub/wanted_names.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <optional>
#include <thread>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

namespace wsf::grpc {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kHeld{10};         // a stream that lived so long starts the backoff anew
constexpr std::chrono::milliseconds kGlance{50};  // how often an opening connection is looked at
constexpr std::chrono::hours kLong{1};            // nothing is due
constexpr std::size_t kMaxWhyBytes = 200;

// What the user can do about it, for the errors of which that is known.
std::string_view hint(std::string_view why) {
  if (why.starts_with("UNAUTHENTICATED")) return " (look at --grpc-token-file)";
  if (why.starts_with("UNIMPLEMENTED")) return " (does it serve MarketDataService?)";
  return "";
}

}  // namespace

std::string UpstreamOptions::text() const {
  return host_port(host, port);
}

class QuoteUpstream::Worker {
 public:
  Worker(const UpstreamOptions& options, QuoteSink& sink)
      : options_(options),
        roots_(read_roots(options)),
        sink_(sink),
        backoff_(base::random_source(), options.reconnect) {
    if (!fits_header(options_.user)) base::refuse("the user for gRPC has to be ASCII: it goes into a header");
    take_over_library_logs();
    thread_ = std::thread([this] { run(); });
  }
  ~Worker() { stop(); }
  void stop() {
    inbox_->stop();
    if (thread_.joinable()) thread_.join();
  }

  void subscribe(const std::string& symbol) {
    if (wanted_.add(symbol)) inbox_->wake();
  }
  void unsubscribe(const std::string& symbol) {
    if (wanted_.remove(symbol)) inbox_->wake();
  }

  bool up() const { return up_; }
  UpstreamCounters counters() const {
    return {quotes_,        heartbeats_, refusals_, bad_symbols_,   bad_quotes_,
            unknown_types_, streams_,    failures_, wanted_.size(), asked_};
  }

 private:
  void run() {
    while (!inbox_->stopped()) {
      const std::string why = serve_one_stream();
      if (inbox_->stopped()) return;
      fail(why);
      if (inbox_->sleep(backoff_.next())) return;
    }
  }

  // From its opening until it is lost: returns why.
  std::string serve_one_stream() {
    const auto token = read_token(options_.token_file);
    if (!token) return token.error().message;
    inbox_->take(Clock::now());  // what a former stream left
    held_.clear();
    wanted_.start_anew();
    connected_since_.reset();
    writing_ = false;
    token_ = *token;
    ClientStream stream(options_, roots_, token_, inbox_);
    const Lost lost = follow(stream);
    const std::string said = stream.end(lost.broken);
    return without_secret(lost.broken ? said : lost.why, token_);
  }

  struct Lost {
    bool broken = false;  // the stream has ended by itself, and says why
    std::string why{};    // otherwise
  };
  Lost follow(ClientStream& stream) {
    const auto ends = Clock::now() + options_.open_timeout;
    send_changes(stream);  // some servers say nothing before there is something to quote
    while (!inbox_->stopped()) {
      StreamEvents events = inbox_->take(Clock::now() + (up_ ? Clock::duration(kLong) : kGlance));
      if (!up_ && is_up(stream, events)) come_up();
      take(events.news);
      if (events.broken || events.done) return {.broken = true};
      if (!up_ && Clock::now() >= ends)
        return {.why = fmt::format("no answer within {} ms", options_.open_timeout.count())};
      if (events.written) writing_ = false;
      if (events.read_held) stream.read_on();
      send_changes(stream);
    }
    return {};
  }

  bool is_up(const ClientStream& stream, const StreamEvents& events) {
    if (events.opened || !events.news.empty()) return true;
    if (events.broken || !stream.connected()) return false;
    if (!connected_since_) connected_since_ = Clock::now();
    return Clock::now() - *connected_since_ >= options_.settle;
  }

  void come_up() {
    ++streams_;
    up_ = true;
    up_since_ = Clock::now();
    spdlog::info("gRPC {}: connected", options_.text());
    sink_.on_up();
  }

  // One request at a time: what changes while it goes out is gathered for the next. Those that leave go first, so
  // that a server's limit of symbols is not met by an exchange.
  void send_changes(ClientStream& stream) {
    if (writing_) return;
    if (join_.empty() && leave_.empty()) gather_changes();
    for (auto* changed : {&leave_, &join_}) {
      if (changed->empty()) continue;
      stream.ask({std::string(changed == &join_ ? kSubscribe : kUnsubscribe), std::exchange(*changed, {})});
      writing_ = true;
      return;
    }
  }

  void gather_changes() {
    for (auto& [symbol, wanted] : wanted_.take(kSymbolsPerRequest)) {
      if (wanted && held_.insert(symbol).second) {
        join_.push_back(std::move(symbol));
      } else if (!wanted && held_.erase(symbol) > 0) {
        leave_.push_back(std::move(symbol));
      }
    }
    asked_ = held_.size();
  }

  void take(std::vector<StreamNews>& news) {
    for (StreamNews& one : news) std::visit([this](auto& what) { take(what); }, one);
    hand_over();
  }
  void take(protocol::QuoteEvent& quote) { fresh_.push_back(std::move(quote)); }
  void take(Refused& refused) {
    hand_over();
    ++refusals_;
    sink_.on_refused(refused.symbol, without_secret(refused.message, token_));
  }
  void take(Heartbeat&) { ++heartbeats_; }
  void take(Unusable& cause) {
    ++(cause == Unusable::bad_symbol ? bad_symbols_ : cause == Unusable::bad_quote ? bad_quotes_ : unknown_types_);
  }
  void hand_over() {
    if (fresh_.empty()) return;
    quotes_ += fresh_.size();
    sink_.on_quotes(fresh_);
    fresh_.clear();
  }

  void fail(const std::string& said) {
    const std::string why = said.substr(0, kMaxWhyBytes);  // the server's own words, as long as it likes
    if (up_ && Clock::now() - up_since_ >= kHeld) backoff_.reset();
    ++failures_;
    asked_ = 0;
    up_ = false;
    if (const auto kept_back = log_.allow(why, Clock::now())) {
      spdlog::warn("gRPC {}: {}{}; trying again{}", options_.text(), why, hint(why),
                   *kept_back == 0 ? "" : fmt::format(" ({} more such failures)", *kept_back));
    }
    sink_.on_down(why);
  }

  const UpstreamOptions options_;
  const std::string roots_;
  QuoteSink& sink_;
  hub::WantedNames wanted_;
  const std::shared_ptr<StreamInbox> inbox_ = std::make_shared<StreamInbox>();
  std::atomic<bool> up_{false};
  std::atomic<std::uint64_t> quotes_{0}, heartbeats_{0}, refusals_{0}, bad_symbols_{0}, bad_quotes_{0},
      unknown_types_{0}, streams_{0}, failures_{0}, asked_{0};

  // The thread's own.
  base::Backoff backoff_;
  base::LogLimiter log_;
  std::string token_;                     // of this stream
  std::unordered_set<std::string> held_;  // asked for on this stream
  std::vector<std::string> join_, leave_;
  std::vector<protocol::QuoteEvent> fresh_;
  std::optional<Clock::time_point> connected_since_;
  Clock::time_point up_since_{};
  bool writing_ = false;
  std::thread thread_;
};

QuoteUpstream::QuoteUpstream(const UpstreamOptions& options, QuoteSink& sink)
    : worker_(std::make_unique<Worker>(options, sink)) {}
QuoteUpstream::~QuoteUpstream() = default;

void QuoteUpstream::subscribe(const std::string& symbol) {
  worker_->subscribe(symbol);
}
void QuoteUpstream::unsubscribe(const std::string& symbol) {
  worker_->unsubscribe(symbol);
}
void QuoteUpstream::stop() {
  worker_->stop();
}
bool QuoteUpstream::up() const {
  return worker_->up();
}
UpstreamCounters QuoteUpstream::counters() const {
  return worker_->counters();
}

}  // namespace wsf::grpc
