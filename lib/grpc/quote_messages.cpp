#include "grpc/quote_messages.hpp"

#include "base/identifier.hpp"
#include "base/timestamp.hpp"

#include <fmt/format.h>
#include <market_data.pb.h>

#include <charconv>
#include <cmath>

namespace wsf::grpc {
namespace {

double number(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// Both messages name these fields alike.
template <class Message>
void fill_quote(Message& message, const std::string& symbol, const protocol::Quote& quote) {
  message.set_symbol(symbol);
  message.set_price(number(quote.price));
  message.set_change(number(quote.change));
  message.set_change_percent(number(quote.change_percent));
  message.set_timestamp(quote.time_ms);
}

StreamNews quote_of(const ::StreamQuotesResponse& response) {
  if (!base::is_symbol(response.symbol())) return Unusable::bad_symbol;
  const bool finite =
      std::isfinite(response.price()) && std::isfinite(response.change()) && std::isfinite(response.change_percent());
  const std::int64_t time_ms = response.timestamp();
  if (!finite || response.price() <= 0 || time_ms < 0 || time_ms > base::kMaxEpochMs) return Unusable::bad_quote;
  protocol::QuoteEvent event{.symbol = response.symbol(),
                             .quote = {.price = fmt::format("{}", response.price()),
                                       .change = fmt::format("{}", response.change()),
                                       .change_percent = fmt::format("{}", response.change_percent()),
                                       .time_ms = time_ms},
                             .given = {}};
  event.given.add(protocol::QuoteField::price);
  event.given.add(protocol::QuoteField::change);
  event.given.add(protocol::QuoteField::change_percent);
  if (time_ms != 0) event.given.add(protocol::QuoteField::time);
  return event;
}

}  // namespace

std::optional<StreamRequest> parse_stream_request(std::string_view bytes) {
  ::StreamQuotesRequest request;
  if (!request.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return std::nullopt;
  return StreamRequest{.action = std::move(*request.mutable_action()),
                       .symbols = {std::make_move_iterator(request.mutable_symbols()->begin()),
                                   std::make_move_iterator(request.mutable_symbols()->end())}};
}

std::string encode_quote(const protocol::QuoteEvent& event) {
  ::StreamQuotesResponse response;
  fill_quote(response, event.symbol, event.quote);
  response.set_type("quote");
  return response.SerializeAsString();
}

std::string encode_heartbeat() {
  ::StreamQuotesResponse response;
  response.set_type("heartbeat");
  return response.SerializeAsString();
}

std::string encode_error(std::string_view symbol, std::string_view message) {
  ::StreamQuotesResponse response;
  response.set_symbol(std::string(symbol));
  response.set_type("error");
  response.set_message(std::string(message));
  return response.SerializeAsString();
}

StreamNews news_of(const ::StreamQuotesResponse& response) {
  if (response.type() == "error") return Refused{response.symbol(), response.message()};
  if (response.type() == "heartbeat") return Heartbeat{};
  if (response.type().empty() || response.type() == "quote") return quote_of(response);
  return Unusable::unknown_type;
}

void fill(::GetMarketDataResponse& response, const std::string& symbol, const protocol::Quote& quote) {
  fill_quote(response, symbol, quote);
}

}  // namespace wsf::grpc
