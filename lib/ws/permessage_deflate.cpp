#include "ws/permessage_deflate.hpp"

#include "ws/extension_list.hpp"

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <array>
#include <bitset>

namespace wsf::ws {
namespace {

using boost::beast::iequals;

constexpr std::string_view kName = "permessage-deflate";
constexpr std::string_view kServerNoContext = "server_no_context_takeover";
constexpr std::string_view kClientNoContext = "client_no_context_takeover";
constexpr std::string_view kServerWindow = "server_max_window_bits";
constexpr std::string_view kClientWindow = "client_max_window_bits";
constexpr std::array kParameters{kServerNoContext, kClientNoContext, kServerWindow, kClientWindow};

// 8 to 15 in decimal without leading zeros; 0: anything else.
std::uint8_t window_bits(std::string_view value) {
  if (value == "8" || value == "9") return static_cast<std::uint8_t>(value[0] - '0');
  if (value.size() == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5') {
    return static_cast<std::uint8_t>(10 + value[1] - '0');
  }
  return 0;
}

bool value_fits(std::string_view name, const std::optional<std::string>& value) {
  if (name == kServerWindow) return value && window_bits(*value) != 0;
  if (name == kClientWindow) return !value || window_bits(*value) != 0;
  return !value;
}

struct Parameters {
  DeflateAgreement agreement;
  bool server_keeps_no_context = false;
  bool names_client_window = false;
};

// std::nullopt: another extension, or a parameter that must not be.
std::optional<Parameters> parameters_of(const Extension& offer) {
  if (!iequals(offer.name, kName)) return std::nullopt;
  Parameters parameters;
  std::bitset<kParameters.size()> seen;
  for (const auto& [name, value] : offer.parameters) {
    const auto* known = std::ranges::find(kParameters, name);
    if (known == kParameters.end() || !value_fits(name, value)) return std::nullopt;
    const auto index = static_cast<std::size_t>(known - kParameters.begin());
    if (seen[index]) return std::nullopt;
    seen[index] = true;
    if (name == kServerWindow) parameters.agreement = {.window_bits = window_bits(*value), .window_asked = true};
    parameters.server_keeps_no_context |= name == kServerNoContext;
    parameters.names_client_window |= name == kClientWindow;
  }
  return parameters;
}

}  // namespace

std::optional<DeflateAgreement> accept_deflate(std::string_view offers) {
  const auto extensions = parse_extensions(offers);
  if (!extensions) return std::nullopt;
  for (const Extension& offer : *extensions) {
    auto parameters = parameters_of(offer);
    if (!parameters) continue;
    parameters->agreement.may_keep_context = !parameters->server_keeps_no_context;
    return parameters->agreement;
  }
  return std::nullopt;
}

std::string deflate_answer(const DeflateAgreement& agreement, bool keeps_context) {
  std::string answer{kName};
  const auto add = [&answer](std::string_view parameter) {
    answer += "; ";
    answer += parameter;
  };
  if (!keeps_context) add(kServerNoContext);
  add(kClientNoContext);
  if (!agreement.window_asked) return answer;
  add(kServerWindow);
  return answer + "=" + std::to_string(agreement.window_bits);
}

DeflateAnswer judge_deflate_answer(std::string_view answer) {
  const auto extensions = parse_extensions(answer);
  if (extensions && extensions->empty()) return DeflateAnswer::none;
  if (!extensions || extensions->size() > 1) return DeflateAnswer::unacceptable;
  const auto parameters = parameters_of(extensions->front());
  const bool fits = parameters && parameters->server_keeps_no_context && !parameters->names_client_window;
  return fits ? DeflateAnswer::granted : DeflateAnswer::unacceptable;
}

std::optional<std::size_t> judge_takeover_answer(std::string_view answer) {
  const auto extensions = parse_extensions(answer);
  if (!extensions || extensions->size() != 1) return std::nullopt;
  const auto parameters = parameters_of(extensions->front());
  if (!parameters || parameters->names_client_window || !parameters->agreement.window_asked) return std::nullopt;
  const std::size_t bytes = std::size_t{1} << parameters->agreement.window_bits;
  if (bytes > kTakeoverBytes) return std::nullopt;
  return parameters->server_keeps_no_context ? 0 : bytes;
}

}  // namespace wsf::ws
