#include "auth/api_keys.hpp"

#include "auth/claims.hpp"
#include "base/check.hpp"
#include "base/json_scan.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>

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

// The line's hash in lower case; "": it has none.
std::string hash_of(std::string_view line) {
  if (base::scan_json(line, kMaxJsonDepth) != base::Scan::parsable) return {};
  const auto object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object() || !object.contains("sha256") || !object["sha256"].is_string()) return {};
  std::string hash = object["sha256"].get<std::string>();
  std::ranges::transform(hash, hash.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool hex = std::ranges::all_of(hash, [](unsigned char c) { return std::isxdigit(c) != 0; });
  return hex && hash.size() == 64 ? hash : std::string();
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
    std::string hash = hash_of(line);
    if (hash.empty())
      return base::Error{fmt::format("line {}: no JSON object with \"sha256\" of 64 hex digits", line_number)};
    const auto grant = read_grant(line);
    if (const auto* refusal = std::get_if<Refusal>(&grant)) {
      return base::Error{
          fmt::format("line {}: {}", line_number,
                      *refusal == Refusal::no_user ? "\"sub\" names no user" : "a member is malformed")};
    }
    if (!out.grants_.emplace(std::move(hash), std::get<Grant>(grant)).second) {
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
  return found->second;
}

}  // namespace wsf::auth
