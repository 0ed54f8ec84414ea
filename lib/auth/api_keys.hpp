#pragma once
// API keys: long random words that stand for a user, known here by their SHA-256 only. A key of 128 random bits or
// more cannot be found from it, so nothing slower is called for. Immutable once made; any thread.

#include "auth/grant.hpp"
#include "auth/refusal.hpp"
#include "base/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

namespace wsf::auth {

class ApiKeys {
 public:
  static constexpr std::size_t kMaxKeys = 100'000;
  static constexpr std::size_t kMaxKeyBytes = 512;

  // One JSON object a line: {"sha256":"<of the key, in hex>","sub":"desk-7","pairs":["EUR*"],...}, its members those
  // of a token's claims. Blank lines, and those that begin with #, are left out. An error names its line.
  static base::Result<ApiKeys> parse(std::string_view text);

  std::variant<Grant, Refusal> find(std::string_view key) const;
  // Whether there still is the key that a grant was given for (Grant::api_key).
  bool hold(const std::string& hash) const { return grants_.contains(hash); }
  std::size_t size() const { return grants_.size(); }

 private:
  std::unordered_map<std::string, Grant> grants_;  // by the hash in lower-case hex
};

}  // namespace wsf::auth
