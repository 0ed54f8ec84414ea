#include "wsclient/quotes_request.hpp"

#include "base/identifier.hpp"
#include "wsclient/word_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace wsf::wsclient {
namespace {

std::string request(std::string_view type, const std::vector<std::string>& symbols, std::string_view extras) {
  return fmt::format(R"({{"type":"{}","symbols":[{}{}{}]{}}})", type, symbols.empty() ? "" : "\"",
                     fmt::join(symbols, "\",\""), symbols.empty() ? "" : "\"", extras);
}

std::string wrong_symbol(std::string_view word) {
  const auto capital = capitals(word);
  if (base::is_symbol(capital)) return fmt::format("{} is no symbol: did you mean {}?", word, capital);
  return fmt::format("{} is no symbol: up to {} capital letters, digits, dots and dashes, as in BRK.B", word,
                     base::kMaxSymbolBytes);
}

}  // namespace

std::string subscribe_quotes_request(const std::vector<std::string>& symbols, bool snapshot) {
  return request("subscribe", symbols, snapshot ? R"(,"snapshot":true)" : "");
}

std::string unsubscribe_quotes_request(const std::vector<std::string>& symbols) {
  return request("unsubscribe", symbols, "");
}

std::string ping_quotes_request() {
  return R"({"type":"ping"})";
}

base::Result<std::vector<std::string>> parse_symbols(const std::vector<std::string>& words) {
  auto symbols = split_at_commas(words);
  for (const auto& symbol : symbols)
    if (!base::is_symbol(symbol)) return base::Error{wrong_symbol(symbol)};
  return symbols;
}

}  // namespace wsf::wsclient
