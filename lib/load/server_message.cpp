#include "load/server_message.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace wsf::load {
namespace {

// The text between `name` and the next quote.
std::string_view value_after(std::string_view text, std::string_view name) {
  const std::size_t at = text.find(name);
  if (at == text.npos) return {};
  const std::string_view rest = text.substr(at + name.size());
  return rest.substr(0, rest.find('"'));
}

}  // namespace

std::string subscribe_message(const SubscriptionText& subscription) {
  std::string out =
      fmt::format(R"({{"action":"subscribe","currencyPairs":["{}"])", fmt::join(subscription.pairs, R"(",")"));
  if (subscription.meta) out += R"(,"meta":true)";
  if (!subscription.resume.empty()) out += fmt::format(R"(,"resume":{{{}}})", subscription.resume);
  return out += '}';
}

std::string_view type_of(std::string_view text) {
  return value_after(text, R"("type":")");
}

std::optional<bool> recovery_of(std::string_view pair, std::string_view text) {
  const std::size_t from = text.find(R"("recovered":{)");
  if (from == text.npos) return std::nullopt;
  const std::size_t at = text.find(fmt::format(R"("{}":)", pair), from);
  if (at == text.npos) return std::nullopt;
  return text.substr(at + pair.size() + 3).starts_with("true");
}

}  // namespace wsf::load
