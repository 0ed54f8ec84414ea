#include "auth/token.hpp"

#include "auth/claims.hpp"
#include "auth/jose.hpp"
#include "base/json_scan.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>

namespace wsf::auth {
namespace {

using nlohmann::json;

constexpr std::array kUnwelcome{"jku", "x5u", "jwk", "crit", "b64", "zip"};

std::optional<Refusal> read_header(const std::string& text, Token& token) {
  if (base::scan_json(text, kMaxJsonDepth) != base::Scan::parsable) return Refusal::malformed;
  const json header = json::parse(text, nullptr, false);
  if (!header.is_object()) return Refusal::malformed;
  if (std::ranges::any_of(kUnwelcome, [&](const char* name) { return header.contains(name); })) {
    return Refusal::unsupported;
  }
  const auto algorithm = header.find("alg");
  if (algorithm == header.end() || !algorithm->is_string()) return Refusal::malformed;
  token.algorithm = algorithm->get<std::string>();
  if (const auto id = header.find("kid"); id != header.end()) {
    if (!id->is_string()) return Refusal::malformed;
    token.key_id = id->get<std::string>();
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> from_base64url(std::string_view text) {
  const std::size_t size = jose_b64_dec_buf(text.data(), text.size(), nullptr, 0);
  if (size == SIZE_MAX) return std::nullopt;
  std::string out(size, '\0');
  if (jose_b64_dec_buf(text.data(), text.size(), out.data(), out.size()) != size) return std::nullopt;
  return out;
}

std::variant<Token, Refusal> take_apart(std::string_view text) {
  if (text.size() > kMaxTokenBytes) return Refusal::malformed;
  const std::size_t first = text.find('.');
  const std::size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return Refusal::malformed;
  Token token;
  token.header = text.substr(0, first);
  token.payload = text.substr(first + 1, second - first - 1);
  token.signature = text.substr(second + 1);
  const std::optional<std::string> header = from_base64url(token.header);
  std::optional<std::string> claims = from_base64url(token.payload);
  if (!header || !claims || !from_base64url(token.signature)) return Refusal::malformed;
  if (const auto refusal = read_header(*header, token)) return *refusal;
  token.claims = std::move(*claims);
  return token;
}

}  // namespace wsf::auth
