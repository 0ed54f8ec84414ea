#include "auth/jwks_url.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>
#include <string_view>

namespace wsf::auth {
namespace {

using Curl = std::unique_ptr<CURL, decltype([](CURL* curl) { curl_easy_cleanup(curl); })>;
using Url = std::unique_ptr<CURLU, decltype([](CURLU* url) { curl_url_cleanup(url); })>;

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

std::size_t append(char* data, std::size_t size, std::size_t count, void* into) {
  auto& text = *static_cast<std::string*>(into);
  if (text.size() + size * count > kMaxFetchedBytes) return 0;  // libcurl ends the transfer then
  text.append(data, size * count);
  return size * count;
}

int end_when_told(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(stop)->load() ? 1 : 0;
}

std::chrono::seconds fresh_for(CURL* curl) {
  curl_header* header = nullptr;
  if (curl_easy_header(curl, "Cache-Control", 0, CURLH_HEADER, -1, &header) != CURLHE_OK) return kUsuallyFresh;
  constexpr std::string_view name = "max-age=";
  const std::string_view value = header->value;
  const std::size_t at = value.find(name);
  std::int64_t seconds = 0;
  if (at == std::string_view::npos) return kUsuallyFresh;
  const std::string_view digits = value.substr(at + name.size());
  if (std::from_chars(digits.data(), digits.data() + digits.size(), seconds).ec != std::errc()) return kUsuallyFresh;
  return std::clamp(std::chrono::seconds(seconds), kLeastFresh, kMostFresh);
}

}  // namespace

bool is_url(const std::string& text) {
  return text.find("://") != std::string::npos;
}

std::string shown_url(const std::string& text) {
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return "(malformed)";
  for (const CURLUPart secret : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    curl_url_set(url.get(), secret, nullptr, 0);
  }
  return part(url.get(), CURLUPART_URL);
}

base::Result<std::string> check_jwks_url(const std::string& text) {
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return base::Error{"no URL"};
  if (!part(url.get(), CURLUPART_USER).empty() || !part(url.get(), CURLUPART_PASSWORD).empty())
    return base::Error{"the URL may not hold a user name or password"};
  const std::string scheme = part(url.get(), CURLUPART_SCHEME);
  if (scheme == "https" || (scheme == "http" && is_loopback(part(url.get(), CURLUPART_HOST))))
    return {boost::system::in_place_value, text};
  return base::Error{"keys are fetched by https:// only (http:// from this machine)"};
}

base::Result<FetchedKeys> fetch_jwks(const std::string& url, const std::atomic<bool>& stop) {
  const Curl curl(curl_easy_init());
  if (!curl) return base::Error{"libcurl cannot start"};
  FetchedKeys out{{}, kUsuallyFresh};
  std::array<char, CURL_ERROR_SIZE> fault{};
  CURL* const c = curl.get();
  curl_easy_setopt(c, CURLOPT_URL, url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http");
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_FAILONERROR, 1L);
  curl_easy_setopt(c, CURLOPT_TIMEOUT, static_cast<long>(kFetchTimeout.count()));
  curl_easy_setopt(c, CURLOPT_USERAGENT, "wsfanout/" WSF_VERSION);
  curl_easy_setopt(c, CURLOPT_ERRORBUFFER, fault.data());
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &out.text);
  curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, end_when_told);
  curl_easy_setopt(c, CURLOPT_XFERINFODATA, &stop);
  const CURLcode code = curl_easy_perform(c);
  if (code == CURLE_WRITE_ERROR)
    return base::Error{fmt::format("the answer is larger than {} bytes", kMaxFetchedBytes)};
  if (code != CURLE_OK) return base::Error{fault[0] != '\0' ? fault.data() : curl_easy_strerror(code)};
  out.fresh_for = fresh_for(c);
  return {boost::system::in_place_value, std::move(out)};
}

}  // namespace wsf::auth
