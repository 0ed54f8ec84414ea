#include "auth/credential.hpp"

#include "auth/token.hpp"
#include "base/trimmed.hpp"

#include <strings.h>

#include <algorithm>
#include <string>

namespace wsf::auth {
namespace {

constexpr std::string_view kBearer = "Bearer ";
constexpr std::string_view kSubprotocol = "base64url.bearer.authorization.";

std::string of_header(std::string_view authorization) {
  const bool bearer = authorization.size() >= kBearer.size() &&
                      strncasecmp(authorization.data(), kBearer.data(), kBearer.size()) == 0;
  return std::string(base::trimmed(bearer ? authorization.substr(kBearer.size()) : authorization));
}

// A token in base64url has no dots of its own, the token itself has two.
std::string of_item(std::string_view item) {
  const std::string_view text = item.substr(kSubprotocol.size());
  if (text.find('.') != std::string_view::npos) return std::string(text);
  return from_base64url(text).value_or(std::string(text));
}

}  // namespace

std::variant<Credential, Refusal> find_credential(const Offered& offered) {
  std::vector<Credential> found;
  if (!offered.authorization.empty()) found.push_back({Credential::Kind::token, of_header(offered.authorization)});
  if (!offered.api_key.empty()) found.push_back({Credential::Kind::api_key, std::string(offered.api_key)});
  for (const std::string_view token : offered.token_parameters) {
    found.push_back({Credential::Kind::token, of_header(token)});
  }
  for (std::string_view rest = offered.subprotocols; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    const std::string_view item = base::trimmed(rest.substr(0, comma));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    if (item.starts_with(kSubprotocol)) found.push_back({Credential::Kind::token, of_item(item)});
  }
  if (found.empty()) return Refusal::missing;
  const auto differs = [&](const Credential& one) { return one.kind != found[0].kind || one.text != found[0].text; };
  if (std::ranges::any_of(found, differs)) return Refusal::malformed;
  return std::move(found[0]);
}

}  // namespace wsf::auth
