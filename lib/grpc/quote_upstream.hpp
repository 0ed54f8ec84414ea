#pragma once
// Quotes from a MarketDataService (market_data.proto): one StreamQuotes stream for the whole process, held open, with
// the symbols that somebody wants. What is quoted while the stream is lost never comes. The sink is told of both.

#include "base/backoff.hpp"
#include "protocol/quote.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace wsf::grpc {

inline constexpr std::size_t kMaxTokenBytes = 16 * 1024;

struct UpstreamOptions {
  std::string host = "127.0.0.1";  // a name or an address, an IPv6 address without its brackets
  std::uint16_t port = 50051;
  bool tls = false;               // plaintext otherwise
  std::string ca_file{};          // authorities to trust in place of the system's; PEM
  std::string user = "wsfanout";  // metadata user_id
  std::string token_file{};       // its content is the metadata authorization; read anew for each stream; "": none

  std::chrono::milliseconds open_timeout{5'000};  // from the name's lookup until the stream is up
  // Some servers send nothing, not even their headers, before their first message. So a stream is up as well when its
  // connection stands and nobody has refused it for so long.
  std::chrono::milliseconds settle{200};
  // HTTP/2 pings, also in a quiet market. Servers that find them too many say so, and the library slows down.
  std::chrono::milliseconds keepalive{30'000};
  std::chrono::milliseconds keepalive_timeout{10'000};
  base::BackoffLimits reconnect{std::chrono::milliseconds{100}, std::chrono::milliseconds{10'000}};
  std::size_t max_message_bytes = 64 * 1024;  // a longer one ends the stream

  std::string text() const;  // "host:port"
};

// Called on the QuoteUpstream's thread, one call at a time. While it is held up at most kMaxWaiting messages wait;
// what comes then stays with the server, by gRPC's flow control.
class QuoteSink {
 public:
  virtual ~QuoteSink() = default;
  virtual void on_quotes(std::span<protocol::QuoteEvent> quotes) = 0;  // in the order they came; may be moved from
  // The server will not send this symbol, or (none named) not do what was asked. Nothing ends by it.
  virtual void on_refused(const std::string& symbol, const std::string& message) = 0;
  virtual void on_up() = 0;                          // the stream stands
  virtual void on_down(const std::string& why) = 0;  // also for each attempt that fails
};

struct UpstreamCounters {
  std::uint64_t quotes = 0;
  std::uint64_t heartbeats = 0;
  std::uint64_t refusals = 0;
  // Messages that were skipped, by cause.
  std::uint64_t bad_symbols = 0, bad_quotes = 0, unknown_types = 0;
  std::uint64_t streams = 0;   // that came up
  std::uint64_t failures = 0;  // streams lost, and attempts that failed
  std::uint64_t symbols = 0;   // that are wanted
  std::uint64_t asked = 0;     // for which this stream was asked
};

// Owns one thread; the gRPC library has its own, which never call the sink. The sink must outlive it. A server that
// cannot be reached, or that refuses us, is tried for ever with growing waits, and logged at a limited rate. No token
// is ever logged.
class QuoteUpstream {
 public:
  static constexpr std::size_t kSymbolsPerRequest = 500;
  static constexpr std::size_t kMaxWaiting = 1'024;

  // Throws base::StartupError (usage) for a CA file that cannot be used, or a user that no header can carry. Does not
  // wait for the server.
  QuoteUpstream(const UpstreamOptions& options, QuoteSink& sink);
  ~QuoteUpstream();
  QuoteUpstream(const QuoteUpstream&) = delete;
  QuoteUpstream& operator=(const QuoteUpstream&) = delete;

  // Counted: a symbol is held until each subscribe() has had its unsubscribe(). Any thread; never waits for the
  // server. What changes meanwhile goes out together, and the last state wins.
  void subscribe(const std::string& symbol);
  void unsubscribe(const std::string& symbol);  // after its subscribe()

  // Ends stream and thread: no call of the sink after it, and what is called here has no effect any more. Not from
  // the sink.
  void stop();

  // Any thread.
  bool up() const;
  UpstreamCounters counters() const;

 private:
  class Worker;
  std::unique_ptr<Worker> worker_;
};

}  // namespace wsf::grpc
