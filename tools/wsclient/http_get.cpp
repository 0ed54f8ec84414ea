#include "wsclient/http_get.hpp"

#include "net/client_stream.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <charconv>
#include <memory>

namespace wsf::wsclient {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(asio::io_context& io, std::string request, std::function<void(const HttpAnswer&)> done)
      : stream_(io), deadline_(io), request_(std::move(request)), done_(std::move(done)) {}

  void begin(const ws::Url& url, std::shared_ptr<const net::ClientTls> tls, std::chrono::nanoseconds timeout) {
    deadline_.expires_after(timeout);
    deadline_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec) self->end();
    });
    if (!url.secure) tls = nullptr;
    stream_.connect({url.host, url.port, std::move(tls), timeout},
                    [self = shared_from_this()](const auto& fault) { fault ? self->end() : self->ask(); });
  }

 private:
  void ask() {
    asio::async_write(stream_, asio::buffer(request_), [self = shared_from_this()](error_code ec, std::size_t) {
      if (ec) return self->end();
      asio::async_read(self->stream_, asio::dynamic_buffer(self->answer_, kMaxAnswerBytes),
                       [self](error_code, std::size_t) { self->end(); });
    });
  }

  // Whatever has come by then is the answer.
  void end() {
    if (!done_) return;
    deadline_.cancel();
    stream_.close();
    std::exchange(done_, nullptr)(parse_http_answer(answer_));
  }

  net::ClientStream stream_;
  asio::steady_timer deadline_;
  std::string request_;
  std::string answer_;
  std::function<void(const HttpAnswer&)> done_;
};

}  // namespace

void http_get(boost::asio::io_context& io, const ws::Url& url, std::shared_ptr<const net::ClientTls> tls,
              const std::string& path, std::chrono::nanoseconds timeout,
              std::function<void(const HttpAnswer&)> done) {
  auto request = fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", path, url.authority());
  std::make_shared<Exchange>(io, std::move(request), std::move(done))->begin(url, std::move(tls), timeout);
}

HttpAnswer parse_http_answer(std::string_view raw) {
  HttpAnswer answer;
  constexpr std::string_view kBeginning = "HTTP/1.1 ";
  if (!raw.starts_with("HTTP/1.") || raw.size() < kBeginning.size() + 3) return answer;
  const char* digits = raw.data() + kBeginning.size();
  std::from_chars(digits, digits + 3, answer.status);
  const auto body = raw.find("\r\n\r\n");
  if (body != std::string_view::npos) answer.body = raw.substr(body + 4);
  return answer;
}

}  // namespace wsf::wsclient
