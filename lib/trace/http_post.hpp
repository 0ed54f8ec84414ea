#pragma once
// Posts to one URL, over a connection that is kept: this folder's only includer of libcurl.

#include "base/result.hpp"
#include "trace/options.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace wsf::trace {

struct HttpAnswer {
  int status = 0;
  std::optional<std::chrono::seconds> retry_after{};  // RFC 9110 section 10.2.3
  std::string body{};                                 // its first kMaxAnswerBytes
};

inline constexpr std::size_t kMaxAnswerBytes = 64 * 1024;

// http:// or https:// with a host, without user and password. The error says what is wrong.
base::Result<std::string> check_url(const std::string& url);
// For messages: without user, password and query.
std::string shown_url(const std::string& url);

class HttpPost {
 public:
  HttpPost(const std::string& url, const std::vector<Header>& headers, const std::string& content_type);
  ~HttpPost();
  HttpPost(const HttpPost&) = delete;
  HttpPost& operator=(const HttpPost&) = delete;

  // Blocks until the answer is there, or `patience` is over, or `give_up` is set, which is looked at about once a
  // second. The error says why there is no answer. Follows no redirects. One thread at a time.
  base::Result<HttpAnswer> send(const std::string& body, std::chrono::milliseconds patience,
                                const std::atomic<bool>& give_up);

 private:
  struct Handles;
  std::unique_ptr<Handles> handles_;
};

}  // namespace wsf::trace
