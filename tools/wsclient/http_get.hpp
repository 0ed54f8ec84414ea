#pragma once
// One GET of a page of the server, for what its pages say of itself. On the io_context's thread.

#include "net/client_tls.hpp"
#include "ws/url.hpp"

#include <boost/asio/io_context.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace wsf::wsclient {

inline constexpr std::size_t kMaxAnswerBytes = 64 * 1024;  // the rest is not read

struct HttpAnswer {
  unsigned status = 0;  // 0: no answer came within the time, or none that is HTTP
  std::string body;
};

// GET http://HOST:PORT`path`, or https:// by `tls` where the URL is wss://, HTTP/1.1 with Connection: close (RFC
// 9112). `done` is called once.
void http_get(boost::asio::io_context& io, const ws::Url& url, std::shared_ptr<const net::ClientTls> tls,
              const std::string& path, std::chrono::nanoseconds timeout, std::function<void(const HttpAnswer&)> done);

HttpAnswer parse_http_answer(std::string_view raw);

}  // namespace wsf::wsclient
