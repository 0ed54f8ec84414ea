#pragma once
// What the holder of an accepted credential may do, and until when. Plain data.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::auth {

inline constexpr std::size_t kMaxListed = 1000;  // entries of one claim's list

struct Grant {
  std::string user;                                     // an id (base/identifier.hpp)
  std::optional<std::int64_t> expires_s;                // Unix seconds; none: an API key, which is taken back instead
  std::optional<std::vector<std::string>> pairs;        // patterns in which * stands for any letters; none: all pairs
  std::optional<std::uint64_t> max_subscriptions;       // beside the server's own limit
  std::optional<double> max_rate_hz;                    // updates a second of each pair, above 0
  std::optional<std::vector<std::string>> assessments;  // none: any
  std::string tier;
  std::string api_key;  // the SHA-256 in hex of the key that it was given for; "": a token

  bool allows_pair(std::string_view pair) const;
};

}  // namespace wsf::auth
