#pragma once
// The messages of market_data.proto, to and from what the rest of the program knows. Pure; any thread.

#include "protocol/quote.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

class StreamQuotesResponse;  // generated
class GetMarketDataResponse;

namespace wsf::grpc {

inline constexpr std::string_view kSubscribe = "subscribe";
inline constexpr std::string_view kUnsubscribe = "unsubscribe";

// What a client of StreamQuotes asks for: as it came, nothing of it is checked.
struct StreamRequest {
  std::string action;
  std::vector<std::string> symbols;  // UTF-8, which protobuf sees to
};
// nullopt: no StreamQuotesRequest.
std::optional<StreamRequest> parse_stream_request(std::string_view bytes);

// A StreamQuotesResponse, encoded.
std::string encode_quote(const protocol::QuoteEvent& event);
std::string encode_heartbeat();
std::string encode_error(std::string_view symbol, std::string_view message);  // `symbol` may be empty

// What a server of StreamQuotes said.
struct Refused {
  std::string symbol;  // as it came; often empty
  std::string message;
};
struct Heartbeat {};
enum class Unusable { bad_symbol, bad_quote, unknown_type };
using StreamNews = std::variant<protocol::QuoteEvent, Refused, Heartbeat, Unusable>;

// A quote is taken when its symbol is one, its price finite and above 0, its other numbers finite and its timestamp
// (Unix milliseconds, 0: not given) between 1970 and the year 9999. Numbers become the shortest text that reads back
// as the same double. No type at all counts as "quote".
StreamNews news_of(const ::StreamQuotesResponse& response);

void fill(::GetMarketDataResponse& response, const std::string& symbol, const protocol::Quote& quote);

}  // namespace wsf::grpc
