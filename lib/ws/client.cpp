#include "ws/client.hpp"

#include "base/check.hpp"
#include "net/client_stream.hpp"
#include "protocol/close_codes.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>

namespace wsf::net {

// How Beast ends the connection under a WebSocket, once both have said their last words.
template <class Handler>
void async_teardown(boost::beast::role_type role, ClientStream& stream, Handler&& handler) {
  if (stream.is_tls()) return stream.async_shut_tls(std::forward<Handler>(handler));
  boost::beast::websocket::async_teardown(role, stream.socket(), std::forward<Handler>(handler));
}

}  // namespace wsf::net

namespace wsf::ws {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using boost::system::error_code;
using protocol::Close;

constexpr std::size_t kMaxPingBytes = 125;      // RFC 6455 section 5.5
constexpr std::size_t kMaxBodyLineBytes = 200;  // of a refusing HTTP answer

std::string first_line(std::string_view body) {
  std::string line;
  for (const char c : body.substr(0, std::min(body.find_first_of("\r\n"), kMaxBodyLineBytes)))
    line += c >= 0x20 && c < 0x7f ? c : '?';
  return line;
}

ConnectFailure declined(const websocket::response_type& answer) {
  ConnectFailure failure;
  failure.stage = ConnectFailure::Stage::upgrade;
  failure.error = websocket::error::upgrade_declined;
  failure.http_status = answer.result_int();
  failure.http_reason = first_line({answer.reason().data(), answer.reason().size()});
  failure.http_body = first_line(answer.body());
  failure.location = first_line({answer[http::field::location].data(), answer[http::field::location].size()});
  return failure;
}

// What the stream's own failures mean for the one who is told: the code that stands for them and words for it.
Closed closed_by_failure(const error_code& ec) {
  using By = Closed::By;
  if (ec == beast::error::timeout) return {By::line, number(Close::abnormal), "no sign of life from the server"};
  if (ec == websocket::error::message_too_big || ec == websocket::error::buffer_overflow)
    return {By::us, number(Close::too_big), "the server sent a message above our limit"};
  if (ec == websocket::error::bad_frame_payload)
    return {By::us, number(Close::invalid_payload), "the server sent invalid UTF-8"};
  if (ec == websocket::condition::protocol_violation)
    return {By::us, number(Close::protocol_error), fmt::format("the server broke the protocol: {}", ec.message())};
  if (net::is_end(ec)) return {By::line, number(Close::abnormal), "the server ended the connection"};
  return {By::line, number(Close::abnormal), ec.message()};
}

ConnectFailure::Stage stage_of(net::Step step) {
  switch (step) {
    case net::Step::name:
      return ConnectFailure::Stage::name;
    case net::Step::tcp:
      return ConnectFailure::Stage::tcp;
    default:
      return ConnectFailure::Stage::tls;
  }
}

struct Outgoing {
  bool is_ping;
  std::string bytes;
};

}  // namespace

// Lives until its last pending operation has completed; `events_` is null from the moment on that nothing more may be
// told.
class Client::Connection : public std::enable_shared_from_this<Connection> {
  // A completion handler that keeps the connection alive and is skipped once nothing may be told any more.
  template <class... Args>
  auto guarded(void (Connection::*handler)(Args...)) {
    return [self = shared_from_this(), handler](Args... args) {
      if (self->events_) ((*self).*handler)(std::forward<Args>(args)...);
    };
  }

 public:
  Connection(asio::io_context& io, ClientOptions options, ClientEvents& events)
      : options_(std::move(options)), events_(&events), stream_(io), deadline_(io) {}

  void connect() {
    arm_deadline();
    base::check(!options_.url.secure || options_.tls, "a wss:// URL comes with TLS");
    net::Target target{options_.url.host, options_.url.port, {}, options_.connect_timeout};
    if (options_.url.secure) target.tls = options_.tls;
    const auto self = shared_from_this();
    stream_.next_layer().connect(
        std::move(target), [self](const std::optional<net::ConnectFault>& fault) { self->on_connected(fault); },
        [self](net::Step step, const std::string& what) { self->on_passed(step, what); });
  }

  bool queue(Outgoing item) {
    if (!open_ || closing_ || queue_.size() >= kMaxQueuedMessages) return false;
    queue_.push_back(std::move(item));
    if (queue_.size() == 1) write_next();
    return true;
  }

  void close(std::uint16_t code, std::string_view reason) {
    if (!open_ || closing_) return;
    closing_ = Closed{Closed::By::us, code, std::string(reason)};
    deadline_.expires_after(options_.close_timeout);
    deadline_.async_wait(guarded(&Connection::on_close_deadline));
    stream_.async_close({static_cast<websocket::close_code>(code), beast::string_view(reason.data(), reason.size())},
                        [self = shared_from_this()](error_code ec) { self->on_close_done(ec); });
  }

  void abandon() {
    events_ = nullptr;
    drop();
  }

  bool is_open() const { return open_ && !closing_; }
  const std::string& peer() const { return peer_; }

 private:
  void arm_deadline() {
    deadline_.expires_after(options_.connect_timeout);
    deadline_.async_wait(guarded(&Connection::on_connect_deadline));
  }

  void on_connect_deadline(error_code ec) {
    if (!ec && !open_) fail({.stage = stage_, .timed_out = true, .error = asio::error::timed_out});
  }

  void on_passed(net::Step step, const std::string& what) {
    stage_ = step == net::Step::name                         ? ConnectFailure::Stage::tcp
             : step == net::Step::tcp && options_.url.secure ? ConnectFailure::Stage::tls
                                                             : ConnectFailure::Stage::upgrade;
    if (step == net::Step::tcp) peer_ = what;
    if (events_) events_->on_passed(stage_of(step), what);
  }

  void on_connected(const std::optional<net::ConnectFault>& fault) {
    if (!events_) return;
    if (fault) {
      return fail(
          {.stage = stage_of(fault->step), .timed_out = fault->timed_out, .error = fault->error, .tls = fault->tls});
    }
    prepare_stream();
    stream_.async_handshake(answer_, options_.url.authority(), options_.url.target,
                            guarded(&Connection::on_handshake));
  }

  void prepare_stream() {
    stream_.set_option(websocket::stream_base::timeout{options_.connect_timeout, options_.idle_timeout, true});
    stream_.set_option(websocket::stream_base::decorator([this](websocket::request_type& request) {
      request.set(http::field::user_agent, options_.user_agent);
      for (const auto& [name, value] : options_.headers) request.insert(name, value);
    }));
    if (options_.compress) {
      websocket::permessage_deflate offer;
      offer.client_enable = true;
      offer.server_no_context_takeover = true;
      offer.client_no_context_takeover = true;
      stream_.set_option(offer);
    }
    stream_.read_message_max(options_.max_message_bytes);
    stream_.control_callback([this](websocket::frame_type kind, beast::string_view payload) {
      if (kind == websocket::frame_type::pong && events_) events_->on_pong({payload.data(), payload.size()});
    });
  }

  void on_handshake(error_code ec) {
    deadline_.cancel();
    if (ec == websocket::error::upgrade_declined) return fail(declined(answer_));
    if (ec) return fail(failed_handshake(ec));
    open_ = true;
    read_next();
    events_->on_open();
  }

  // In TLS 1.3 the server's refusal of our certificate comes in place of its first answer.
  ConnectFailure failed_handshake(error_code ec) const {
    auto fault = net::tls_fault(ec);
    if (fault && fault->kind != net::TlsFault::Kind::ended)
      return {.stage = ConnectFailure::Stage::tls, .error = ec, .tls = std::move(fault)};
    return {.stage = stage_, .timed_out = ec == beast::error::timeout, .error = ec};
  }

  void read_next() { stream_.async_read(buffer_, guarded(&Connection::on_read)); }

  void on_read(error_code ec, std::size_t /*bytes*/) {
    if (ec == websocket::error::closed) return end(closing_ ? *closing_ : closed_by_peer());
    if (ec) return closing_ ? end(*closing_) : end(closed_by_failure(ec));
    if (!stream_.got_text()) return refuse_binary();
    const auto bytes = buffer_.cdata();
    if (!closing_) events_->on_text({static_cast<const char*>(bytes.data()), bytes.size()});
    buffer_.clear();
    if (events_) read_next();
  }

  void refuse_binary() {
    buffer_.clear();
    close(number(Close::unsupported), "text messages only");
    read_next();
  }

  Closed closed_by_peer() const {
    const auto& reason = stream_.reason();
    const auto code = reason.code == websocket::close_code::none ? number(Close::no_status) : reason.code;
    return {Closed::By::peer, static_cast<std::uint16_t>(code), std::string(reason.reason.c_str())};
  }

  void write_next() {
    const auto& next = queue_.front();
    if (next.is_ping) {
      stream_.async_ping(websocket::ping_data(beast::string_view(next.bytes)),
                         [self = shared_from_this()](error_code ec) { self->on_written(ec, 0); });
      return;
    }
    stream_.text(true);
    stream_.async_write(asio::buffer(next.bytes), [self = shared_from_this()](error_code ec, std::size_t bytes) {
      self->on_written(ec, bytes);
    });
  }

  // What fails here fails in the pending read as well, which tells it.
  void on_written(error_code ec, std::size_t /*bytes*/) {
    queue_.pop_front();
    if (!ec && events_ && !queue_.empty()) write_next();
  }

  void on_close_done(error_code /*ec*/) {
    if (events_) end(*closing_);
  }

  void on_close_deadline(error_code ec) {
    if (!ec) end(*closing_);
  }

  void fail(const ConnectFailure& failure) {
    auto* events = std::exchange(events_, nullptr);
    drop();
    events->on_failed(failure);
  }

  void end(Closed closed) {
    auto* events = std::exchange(events_, nullptr);
    drop();
    events->on_closed(closed);
  }

  void drop() {
    open_ = false;
    deadline_.cancel();
    stream_.next_layer().close();
  }

  ClientOptions options_;
  ClientEvents* events_;
  websocket::stream<net::ClientStream> stream_;
  asio::steady_timer deadline_;
  ConnectFailure::Stage stage_ = ConnectFailure::Stage::name;
  websocket::response_type answer_;
  beast::flat_buffer buffer_;
  std::deque<Outgoing> queue_;  // the first one is being written
  std::string peer_;
  bool open_ = false;
  std::optional<Closed> closing_;  // our close frame was asked for
};

Client::Client(asio::io_context& io, ClientOptions options, ClientEvents& events)
    : connection_(std::make_shared<Connection>(io, std::move(options), events)) {}

Client::~Client() {
  connection_->abandon();
}

void Client::connect() {
  connection_->connect();
}

bool Client::send(std::string text) {
  return connection_->queue({false, std::move(text)});
}

bool Client::ping(std::string payload) {
  base::check(payload.size() <= kMaxPingBytes, "a ping's payload has at most 125 bytes");
  return connection_->queue({true, std::move(payload)});
}

void Client::close(std::uint16_t code, std::string_view reason) {
  connection_->close(code, reason);
}

bool Client::is_open() const {
  return connection_->is_open();
}

std::string Client::peer() const {
  return connection_->peer();
}

}  // namespace wsf::ws
