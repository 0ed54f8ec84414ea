#include "auth/api_keys.hpp"

#include "auth/claims.hpp"
#include "base/check.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

namespace wsf::auth {
namespace {

std::string sha256_hex(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  base::check(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1,
              "SHA-256 works");
  std::string out;
  for (unsigned int i = 0; i < size; ++i) out += fmt::format("{:02x}", digest[i]);
  return out;
}

std::string_view describe_line(Refusal refusal) {
  if (refusal == Refusal::malformed) return "no JSON object with \"sha256\" of 64 hex digits";
  return refusal == Refusal::no_user ? "\"sub\" names no user" : "a member is malformed";
}

}  // namespace

base::Result<ApiKeys> ApiKeys::parse(std::string_view text) {
  ApiKeys out;
  for (std::size_t line_number = 1; !text.empty(); ++line_number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line[first] == '#') continue;
    auto read = read_key_line(line);
    if (const auto* refusal = std::get_if<Refusal>(&read)) {
      return base::Error{fmt::format("line {}: {}", line_number, describe_line(*refusal))};
    }
    auto& key = std::get<KeyLine>(read);
    if (!out.grants_.emplace(std::move(key.sha256), std::move(key.grant)).second) {
      return base::Error{fmt::format("line {}: this key stands above already", line_number)};
    }
    if (out.size() > kMaxKeys) return base::Error{"more than 100,000 keys"};
  }
  return out;
}

std::variant<Grant, Refusal> ApiKeys::find(std::string_view key) const {
  if (key.empty() || key.size() > kMaxKeyBytes) return Refusal::malformed;
  const auto found = grants_.find(sha256_hex(key));
  if (found == grants_.end()) return Refusal::unknown_key;
  Grant grant = found->second;
  grant.api_key = found->first;
  return grant;
}

}  // namespace wsf::auth
