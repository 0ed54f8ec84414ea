#pragma once
// Who may open gRPC streams of quotes, and what they may see: by the same tokens, tiers and number of connections as
// WebSocket clients. What they want is asked of the same source. Any thread.

#include "auth/grant.hpp"
#include "auth/refusal.hpp"
#include "fanout/options.hpp"
#include "fanout/quotes/newest_quotes.hpp"
#include "fanout/quotes/source.hpp"
#include "fanout/route.hpp"
#include "grpc/quote_desk.hpp"

#include <cstdint>
#include <variant>

namespace wsf::fanout {

class StreamDesk final : public grpc::QuoteDesk {
 public:
  // All must outlive it and the server that it is the desk of. `options` say where to listen.
  StreamDesk(const QuotesOptions& options, Route& route, QuoteSource& source, const NewestQuotes& newest);

  // Without a token the peer is a service that is trusted, unless all need one; what it says of a user is not looked
  // at then, nor otherwise: the token's counts.
  base::Result<grpc::QuotePeer> admit(std::string_view authorization, std::string_view user_id) override;
  // Beside the user's WebSocket connections. Trusted services may have any number.
  bool seat(grpc::QuotePeer& peer) override;

  std::optional<protocol::Quote> last(const std::string& symbol) const override { return newest_.find(symbol); }
  void join(const std::string& symbol) override { source_.subscribe(symbol); }
  void leave(const std::string& symbol) override { source_.unsubscribe(symbol); }

 private:
  std::variant<auth::Grant, auth::Refusal> identify(std::string_view authorization, std::int64_t now_s) const;
  grpc::QuotePeer peer_of(const auth::Grant& grant, std::int64_t now_ms) const;

  const QuotesOptions& options_;
  Route& route_;
  QuoteSource& source_;
  const NewestQuotes& newest_;
};

}  // namespace wsf::fanout
