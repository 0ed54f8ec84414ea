#include "trace/http_post.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>

namespace wsf::trace {
namespace {

using Curl = std::unique_ptr<CURL, decltype([](CURL* curl) { curl_easy_cleanup(curl); })>;
using List = std::unique_ptr<curl_slist, decltype([](curl_slist* list) { curl_slist_free_all(list); })>;
using Url = std::unique_ptr<CURLU, decltype([](CURLU* url) { curl_url_cleanup(url); })>;

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

void add(List& list, const std::string& line) {
  curl_slist* const longer = curl_slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  (void)list.release();
  list.reset(longer);
}

// What is beyond the bound is read and left out.
std::size_t append(char* data, std::size_t size, std::size_t count, void* into) {
  auto& text = *static_cast<std::string*>(into);
  text.append(data, std::min(size * count, kMaxAnswerBytes - text.size()));
  return size * count;
}

int end_when_told(void* give_up, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(give_up)->load() ? 1 : 0;
}

}  // namespace

struct HttpPost::Handles {
  Curl curl{curl_easy_init()};
  List headers;
  std::array<char, CURL_ERROR_SIZE> fault{};
};

base::Result<std::string> check_url(const std::string& text) {
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK)
    return base::Error{"no URL of http:// or https://"};
  const std::string scheme = part(url.get(), CURLUPART_SCHEME);
  if (scheme != "http" && scheme != "https") return base::Error{"spans are posted to http:// or https://"};
  if (!part(url.get(), CURLUPART_USER).empty() || !part(url.get(), CURLUPART_PASSWORD).empty())
    return base::Error{"the URL may not hold a user name or password (a header may: --trace-headers)"};
  return {boost::system::in_place_value, text};
}

std::string shown_url(const std::string& text) {
  const Url url(curl_url());
  if (curl_url_set(url.get(), CURLUPART_URL, text.c_str(), 0) != CURLUE_OK) return "(malformed)";
  for (const CURLUPart secret : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT}) {
    curl_url_set(url.get(), secret, nullptr, 0);
  }
  return part(url.get(), CURLUPART_URL);
}

HttpPost::HttpPost(const std::string& url, const std::vector<Header>& headers, const std::string& content_type)
    : handles_(std::make_unique<Handles>()) {
  add(handles_->headers, "Content-Type: " + content_type);
  add(handles_->headers, "Expect:");  // no pause before the body
  for (const Header& header : headers) add(handles_->headers, header.name + ": " + header.value);
  CURL* const c = handles_->curl.get();
  if (c == nullptr) return;
  curl_easy_setopt(c, CURLOPT_URL, url.c_str());
  curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "https,http");
  curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(c, CURLOPT_POST, 1L);
  curl_easy_setopt(c, CURLOPT_HTTPHEADER, handles_->headers.get());
  curl_easy_setopt(c, CURLOPT_USERAGENT, "wsfanout/" WSF_VERSION);
  curl_easy_setopt(c, CURLOPT_ERRORBUFFER, handles_->fault.data());
  curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, append);
  curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, end_when_told);
}

HttpPost::~HttpPost() = default;

base::Result<HttpAnswer> HttpPost::send(const std::string& body, std::chrono::milliseconds patience,
                                        const std::atomic<bool>& give_up) {
  CURL* const c = handles_->curl.get();
  if (c == nullptr) return base::Error{"libcurl cannot start"};
  HttpAnswer answer;
  handles_->fault[0] = '\0';
  curl_easy_setopt(c, CURLOPT_POSTFIELDS, body.data());
  curl_easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, static_cast<long>(patience.count()));
  curl_easy_setopt(c, CURLOPT_WRITEDATA, &answer.body);
  curl_easy_setopt(c, CURLOPT_XFERINFODATA, &give_up);
  const CURLcode code = curl_easy_perform(c);
  if (code != CURLE_OK)
    return base::Error{handles_->fault[0] != '\0' ? handles_->fault.data() : curl_easy_strerror(code)};
  long status = 0;
  curl_off_t wait_s = 0;
  curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
  curl_easy_getinfo(c, CURLINFO_RETRY_AFTER, &wait_s);
  answer.status = static_cast<int>(status);
  if (wait_s > 0) answer.retry_after = std::chrono::seconds(wait_s);
  return {boost::system::in_place_value, std::move(answer)};
}

}  // namespace wsf::trace
