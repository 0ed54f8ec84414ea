#include "wsclient/prompt_language.hpp"

#include "wsclient/quotes_request.hpp"

#include <array>

namespace wsf::wsclient {
namespace {

constexpr std::array kMostTraded{"AUDUSD", "EURGBP", "EURJPY", "EURUSD", "GBPUSD",
                                 "NZDUSD", "USDCAD", "USDCHF", "USDJPY"};
constexpr std::array kBestKnown{"AAPL", "AMZN", "GOOGL", "META", "MSFT", "NVDA", "TSLA"};

std::string subscribe_rates(const PromptLanguage::Names& pairs, const Extras& extras,
                            const std::vector<protocol::ResumePoint>& resume) {
  return subscribe_request(pairs, extras, resume);
}

std::string subscribe_quotes(const PromptLanguage::Names& symbols, const Extras& extras,
                             const std::vector<protocol::ResumePoint>&) {
  return subscribe_quotes_request(symbols, extras.snapshot);
}

const PromptLanguage kRates{.instrument = Instrument::pair,
                            .place = "PAIR",
                            .examples = "EURUSD USDJPY",
                            .parse_names = parse_pairs,
                            .subscribe = subscribe_rates,
                            .unsubscribe = unsubscribe_request,
                            .ping = ping_request,
                            .best_known = kMostTraded};

const PromptLanguage kQuotes{.instrument = Instrument::security,
                             .place = "SYMBOL",
                             .examples = "AAPL MSFT",
                             .parse_names = parse_symbols,
                             .subscribe = subscribe_quotes,
                             .unsubscribe = unsubscribe_quotes_request,
                             .ping = ping_quotes_request,
                             .best_known = kBestKnown};

}  // namespace

const PromptLanguage& rates_language() {
  return kRates;
}

const PromptLanguage* prompt_language(Protocol protocol) {
  if (protocol == Protocol::fx_rates) return &kRates;
  return protocol == Protocol::quotes ? &kQuotes : nullptr;
}

}  // namespace wsf::wsclient
