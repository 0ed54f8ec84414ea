// Whatever a client of quotes sends: a command that keeps its promises, or an error that is one JSON object.

#include "base/check.hpp"
#include "base/identifier.hpp"
#include "protocol/fx_rates.hpp"
#include "protocol/quotes.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>

using namespace wsf::protocol;
using nlohmann::json;
using wsf::base::check;
using Kind = QuotesCommand::Kind;

namespace {

bool is_object(const std::string& text) {
  return json::parse(text, nullptr, false).is_object();
}

void check_names(const QuotesCommand& command) {
  check(std::ranges::all_of(command.symbols, wsf::base::is_symbol), "symbols are good");
  auto sorted = command.symbols;
  std::ranges::sort(sorted);
  check(std::ranges::adjacent_find(sorted) == sorted.end(), "each symbol is named once");
  check(std::ranges::all_of(command.refused, [](const auto& word) { return word.size() <= kMaxQuotedBytes; }),
        "the answer repeats little");
  check(is_object(quotes_subscribed(command.symbols, command.id_json)), "the answer is an object");
  check(is_object(invalid_symbols_error(command.refused, command.id_json)), "so is the error");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const QuotesCommand command = parse_quotes_command(text);
  check((command.kind == Kind::invalid) == !command.error_reply.empty(), "an error stands where there is one");
  check(command.kind != Kind::invalid || is_object(command.error_reply), "an error is an object");
  check(command.kind == Kind::auth || command.token.empty(), "a token comes with auth alone");
  check(command.kind == Kind::subscribe || !command.snapshot, "a snapshot comes with subscribe alone");
  check(command.id_json.empty() || json::parse(command.id_json, nullptr, false).is_primitive(), "an id is a value");
  check_names(command);
  if (const auto symbol = symbol_of_channel(text)) check(quote_channel(*symbol) == text, "a channel is its symbol's");
  return 0;
}
