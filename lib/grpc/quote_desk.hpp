#pragma once
// What a QuoteServer needs from the service whose quotes it sends.

#include "base/result.hpp"
#include "protocol/quote.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::grpc {

// Who opened a stream. Kept until it is gone.
struct QuotePeer {
  std::string user{};
  std::function<bool(const std::string& symbol)> may_see{};    // empty: every symbol. Called on any one thread
  std::optional<std::chrono::milliseconds> credential_ends{};  // from now; then the stream ends, too
  std::optional<std::size_t> max_subscriptions{};              // beside the server's own limit
  std::shared_ptr<const void> place{};                         // what seat() took, given back with the last copy
};

class QuoteDesk {
 public:
  // By the metadata `authorization` and `user_id`, empty where there is none. An error is the reason that the peer is
  // told with UNAUTHENTICATED. Any thread, several at a time.
  virtual base::Result<QuotePeer> admit(std::string_view authorization, std::string_view user_id) = 0;

  // A peer that was admitted opens a stream: takes its place. False: it has too many, and is told so with
  // RESOURCE_EXHAUSTED. Any thread, several at a time.
  virtual bool seat(QuotePeer& peer) = 0;

  // The last known quote, for the calls that ask for one. Any thread, several at a time.
  virtual std::optional<protocol::Quote> last(const std::string& symbol) const = 0;

  // The first stream wants the symbol; the last one has left it. On the QuoteServer's thread; shall not wait.
  virtual void join(const std::string& symbol) = 0;
  virtual void leave(const std::string& symbol) = 0;

 protected:
  ~QuoteDesk() = default;
};

}  // namespace wsf::grpc
