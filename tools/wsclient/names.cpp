#include "wsclient/names.hpp"

#include "base/identifier.hpp"
#include "protocol/quotes_patch.hpp"
#include "wsclient/quotes_request.hpp"
#include "wsclient/request.hpp"

#include <fmt/format.h>

namespace wsf::wsclient {
namespace {

using Command = Options::Command;

std::optional<std::string> take_pairs(const std::vector<std::string>& words, Options& options) {
  const auto pairs = parse_pairs(words);
  if (!pairs) return pairs.error().message;
  options.pairs = *pairs;
  if (options.command == Command::subscribe && options.pairs.empty())
    return "subscribe wants currency pairs: wsclient subscribe EURUSD USDJPY";
  if (options.command == Command::verify && options.pairs.empty() && options.file.empty())
    return "verify wants currency pairs, or a recording: wsclient verify EURUSD; wsclient verify --file FILE";
  return std::nullopt;
}

std::optional<std::string> take_assessment(const std::vector<std::string>& words, Options& options) {
  if (words.size() > 1) return "one assessment at a time: wsclient --protocol trading subscribe assessment-123";
  if (words.empty()) return std::nullopt;
  options.assessment = words.front();
  if (base::is_id(options.assessment)) return std::nullopt;
  return fmt::format("{} is no assessment: 1 to {} letters, digits and _.:-", options.assessment, base::kMaxIdBytes);
}

std::optional<std::string> take_nothing(const std::vector<std::string>& words, const Options& options) {
  if (options.command == Command::verify)
    return "verify has nothing to go by with notify: its messages have no place in a log";
  if (words.empty()) return std::nullopt;
  return fmt::format("{}: notify sends what is for the token's user, nothing can be chosen", words.front());
}

std::optional<std::string> take_symbols(const std::vector<std::string>& words, Options& options) {
  const auto* const name = options.dialect->name;
  const auto symbols = parse_symbols(words);
  if (!symbols) return symbols.error().message;
  options.symbols = *symbols;
  if (options.command == Command::verify && options.dialect->protocol == Protocol::quotes)
    return "verify has nothing to go by with quotes: they have no place in a log";
  if (options.command == Command::subscribe && options.symbols.empty())
    return fmt::format("subscribe wants symbols: wsclient --protocol {} subscribe AAPL MSFT", name);
  if (options.command == Command::verify && options.symbols.empty() && options.file.empty())
    return fmt::format("verify wants symbols, or a recording: wsclient --protocol {} verify AAPL", name);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> wrong_fields(const Options& options) {
  if (options.fields.empty()) return std::nullopt;
  if (options.dialect->protocol == Protocol::quotes)
    return options.fields == "all" ? std::nullopt : std::optional<std::string>("--fields: all, with quotes");
  if (protocol::parse_patch_fields(options.fields)) return std::nullopt;
  return "--fields: a list of current_price, change, change_percent, last_updated";
}

std::optional<std::string> take_names(const std::vector<std::string>& words, Options& options) {
  switch (options.dialect->protocol) {
    case Protocol::trading:
      return take_assessment(words, options);
    case Protocol::notify:
      return take_nothing(words, options);
    case Protocol::quotes:
    case Protocol::quotes_patch:
      return take_symbols(words, options);
    default:
      return take_pairs(words, options);
  }
}

}  // namespace wsf::wsclient
