#pragma once
// A JWK set behind a URL: the only includer of libcurl.

#include "base/result.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>

namespace wsf::auth {

struct FetchedKeys {
  std::string text;
  std::chrono::seconds fresh_for;  // as Cache-Control says (RFC 9111 section 5.2), within kLeastFresh and kMostFresh
};

inline constexpr std::chrono::seconds kLeastFresh{60}, kUsuallyFresh{600}, kMostFresh{3600};
inline constexpr std::chrono::seconds kFetchTimeout{10};
inline constexpr std::size_t kMaxFetchedBytes = 256 * 1024;

bool is_url(const std::string& text);
// For messages: without user, password and query.
std::string shown_url(const std::string& url);
// https:// anywhere, http:// on this machine only: whoever can change the answer can sign tokens. No user and no
// password in it.
base::Result<std::string> check_jwks_url(const std::string& url);

// Blocks until the answer is there, the time is over, or `stop` is set. Follows no redirects.
base::Result<FetchedKeys> fetch_jwks(const std::string& url, const std::atomic<bool>& stop);

}  // namespace wsf::auth
