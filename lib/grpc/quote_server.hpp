#pragma once
// Serves market_data.proto: StreamQuotes from what the feeds post, the unary calls from last values, and beside them
// grpc.health.v1 and server reflection. HTTP/2, in plaintext unless there is a certificate.

#include "grpc/quote_desk.hpp"
#include "grpc/quote_streams.hpp"
#include "grpc/stream_loop.hpp"
#include "protocol/quote.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace wsf::grpc {

struct QuoteServerOptions {
  std::string host = "127.0.0.1";  // an address, "0.0.0.0" and "::" for all; an IPv6 address without its brackets
  std::uint16_t port = 50051;      // 0: any that is free
  std::string tls_cert{};          // with its chain; PEM; "": plaintext
  std::string tls_key{};           // "": in the same file
  std::size_t max_streams = 1'000;
  std::size_t max_message_bytes = 64 * 1024;  // of a request; a longer one ends its call with RESOURCE_EXHAUSTED
  StreamLimits limits{};
};

struct QuoteServerCounters {
  StreamCounters streams;
  // Of the library's threads, which are several.
  std::atomic<std::uint64_t> unary_calls{0};
  std::atomic<std::uint64_t> unauthenticated{0};  // calls refused for what their metadata says
  std::atomic<std::uint64_t> over_limit{0};       // streams refused above max_streams
  std::atomic<std::uint64_t> without_seat{0};     // streams refused by the desk, because the peer has too many
  std::atomic<std::uint64_t> batches_refused{0};  // post() found too many waiting
};

// Owns one thread for its streams; the gRPC library has its own for the sockets. All functions from any thread, but
// construction, stop() and destruction from one.
class QuoteServer {
 public:
  static constexpr std::size_t kOtherCalls = 100;  // of a connection at a time, beside streams
  // An idle connection is closed, so that they cannot pile up: one without a call for so long.
  static constexpr std::chrono::minutes kIdleConnection{5};
  static constexpr std::chrono::seconds kKeepalive{30};          // HTTP/2 pings to peers that say nothing
  static constexpr std::chrono::seconds kKeepaliveTimeout{10};   // for their answer
  static constexpr std::chrono::seconds kLeastPingInterval{10};  // of a client; one that pings oftener is told off
  static constexpr std::chrono::milliseconds kFlushPause{5};     // until flush() looks again
  static constexpr std::chrono::seconds kLookAtFiles{1};  // of the certificate: new connections get what is there

  // Serves at once, and says NOT_SERVING to those who ask for its health until set_serving(true). Throws
  // base::StartupError (usage) for files that cannot be used, (runtime) when it cannot listen. `desk` must outlive
  // it.
  QuoteServer(const QuoteServerOptions& options, QuoteDesk& desk);
  ~QuoteServer();
  QuoteServer(const QuoteServer&) = delete;
  QuoteServer& operator=(const QuoteServer&) = delete;

  std::uint16_t port() const;

  // To the streams that want them; encoded once for each. Never waits. False: StreamLoop::kMaxBatches wait already,
  // this one was not taken.
  bool post(const QuoteBatch& quotes);

  // Waits until the streams' connections have taken all that was posted before. False: not within `patience`. Not
  // after stop().
  bool flush(std::chrono::milliseconds patience);

  void set_serving(bool serving);

  // New streams are refused; those that stand end with UNAVAILABLE within `window`, evenly spread.
  void drain(std::chrono::milliseconds window);

  // Ends all streams; calls that have not ended within `grace` are cut off. Waits for it. Nothing of the desk is
  // called after it.
  void stop(std::chrono::milliseconds grace);

  const QuoteServerCounters& counters() const;

 private:
  class Service;
  std::unique_ptr<Service> service_;
};

}  // namespace wsf::grpc
