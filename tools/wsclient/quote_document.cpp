#include "wsclient/quote_document.hpp"

#include "base/json_scan.hpp"
#include "wsclient/time_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace wsf::wsclient {
namespace {

using Json = nlohmann::ordered_json;  // members stay in the order in which they came
using Kind = PatchNews::Kind;

constexpr std::size_t kMaxDepth = 32;  // of a message: the library walks a value by recursion
constexpr std::string_view kQuotes = "/quotes/";

std::string text_of(const Json& message, const char* member) {
  const auto found = message.is_object() ? message.find(member) : message.end();
  return found != message.end() && found->is_string() ? found->get<std::string>() : std::string();
}

// The document keeps values, not digits: 347.20 is 347.2 there, and is shown as prices are written.
std::string digits_of(const Json& number) {
  constexpr std::size_t kDecimals = 2;
  auto text = number.dump();
  if (text.find_first_of("eE") != std::string::npos) return text;
  if (text.find('.') == std::string::npos) text += '.';
  const auto decimals = text.size() - text.find('.') - 1;
  if (decimals < kDecimals) text.append(kDecimals - decimals, '0');
  return text;
}

Price price_of(const Json& quote, const char* member) {
  const auto found = quote.find(member);
  if (found == quote.end() || !found->is_number()) return {};
  return {found->get<double>(), digits_of(*found)};
}

RateUpdate quote_of(const std::string& symbol, const Json& quote) {
  RateUpdate out;
  out.pair = symbol;
  out.rate = price_of(quote, "current_price");
  out.change = price_of(quote, "change");
  out.change_percent = price_of(quote, "change_percent");
  out.event_ms = parse_rfc3339_ms(text_of(quote, "last_updated"));
  return out;
}

// The symbols that the operations are about, each once.
std::vector<std::string> touched(const Json& operations) {
  std::vector<std::string> out;
  for (const auto& operation : operations) {
    std::string path = text_of(operation, "path");
    if (!path.starts_with(kQuotes)) continue;
    path.erase(0, kQuotes.size());
    path.resize(std::min(path.find('/'), path.size()));
    if (std::ranges::find(out, path) == out.end()) out.push_back(std::move(path));
  }
  return out;
}

// Operation by operation the document could become deeper than any message is.
bool leads_too_deep(const Json& operations) {
  return std::ranges::any_of(operations, [](const Json& operation) {
    const std::string path = text_of(operation, "path");
    return static_cast<std::size_t>(std::ranges::count(path, '/')) > kMaxDepth;
  });
}

// "[json.exception.out_of_range.403] key 'AAPL' not found": what stands behind the library's own mark.
std::string words_of(const Json::exception& error) {
  const std::string words = error.what();
  const auto end = words.find("] ");
  return words.starts_with('[') && end != std::string::npos ? words.substr(end + 2) : words;
}

}  // namespace

struct QuoteDocument::Tree {
  Json root;

  const Json* quotes() const {
    const auto found = root.is_object() ? root.find("quotes") : root.end();
    return found != root.end() && found->is_object() ? &*found : nullptr;
  }
};

QuoteDocument::QuoteDocument() : tree_(std::make_unique<Tree>()) {
  begin();
}

QuoteDocument::~QuoteDocument() = default;

void QuoteDocument::begin() {
  tree_->root = {{"quotes", Json::object()}};
}

PatchNews QuoteDocument::take(std::string_view text) {
  if (base::scan_json(text, kMaxDepth) != base::Scan::parsable) return {};
  const Json message = Json::parse(text, nullptr, false);
  if (!message.is_object()) return {};
  const auto type = text_of(message, "type");
  if (type == "error") return {.kind = Kind::complaint, .words = text_of(message, "message")};
  if (type != "quotes_patch") return {.kind = Kind::other};
  const auto operations = message.find("operations");
  if (operations == message.end()) return {.kind = Kind::fault, .words = "it has no operations"};
  if (leads_too_deep(*operations)) return {.kind = Kind::fault, .words = "a path is too deep"};
  try {
    tree_->root = tree_->root.patch(*operations);
  } catch (const Json::exception& error) {
    return {.kind = Kind::fault, .words = words_of(error)};
  }
  PatchNews news{.kind = Kind::patch, .operations = operations->size()};
  const auto* quotes = tree_->quotes();
  for (const auto& symbol : touched(*operations))
    if (quotes && has(symbol)) news.quotes.push_back(quote_of(symbol, *quotes->find(symbol)));
  return news;
}

bool QuoteDocument::has(std::string_view symbol) const {
  const auto* quotes = tree_->quotes();
  const auto found = quotes ? quotes->find(std::string(symbol)) : Json::const_iterator();
  return quotes && found != quotes->end() && found->is_object();
}

std::string QuoteDocument::text() const {
  return tree_->root.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace wsf::wsclient
