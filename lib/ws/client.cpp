#include "ws/client.hpp"

#include "base/check.hpp"
#include "protocol/close_codes.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <optional>

namespace wsf::ws {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;
using asio::ip::tcp;
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
  if (ec == asio::error::eof) return {By::line, number(Close::abnormal), "the server ended the connection"};
  return {By::line, number(Close::abnormal), ec.message()};
}

std::string addresses(const tcp::resolver::results_type& found) {
  std::vector<std::string> texts;
  for (const auto& entry : found) texts.push_back(entry.endpoint().address().to_string());
  return fmt::format("{}", fmt::join(texts, ", "));
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
      : options_(std::move(options)), events_(&events), resolver_(io), stream_(io), deadline_(io) {}

  void connect() {
    arm_deadline();
    resolver_.async_resolve(options_.url.host, std::to_string(options_.url.port), guarded(&Connection::on_resolved));
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

  // A lookup cannot be interrupted: its late result finds no one to tell.
  void on_connect_deadline(error_code ec) {
    if (!ec && !open_) fail({.stage = stage_, .timed_out = true, .error = asio::error::timed_out});
  }

  void on_resolved(error_code ec, tcp::resolver::results_type found) {
    if (ec) return fail({.stage = stage_, .error = ec});
    stage_ = ConnectFailure::Stage::tcp;
    events_->on_passed(ConnectFailure::Stage::name, addresses(found));
    if (!events_) return;
    beast::get_lowest_layer(stream_).async_connect(found, guarded(&Connection::on_connected));
  }

  void on_connected(error_code ec, const tcp::endpoint& endpoint) {
    if (ec) return fail({.stage = stage_, .error = ec});
    stage_ = ConnectFailure::Stage::upgrade;
    const auto address = endpoint.address().to_string();
    peer_ = endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port())
                                       : fmt::format("{}:{}", address, endpoint.port());
    events_->on_passed(ConnectFailure::Stage::tcp, peer_);
    if (!events_) return;
    error_code ignored;  // a socket without it works as well, only later
    beast::get_lowest_layer(stream_).socket().set_option(tcp::no_delay(true), ignored);
    prepare_stream();
    stream_.async_handshake(answer_, options_.url.authority(), options_.url.target,
                            guarded(&Connection::on_handshake));
  }

  void prepare_stream() {
    beast::get_lowest_layer(stream_).expires_never();
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
    if (ec) return fail({.stage = stage_, .timed_out = ec == beast::error::timeout, .error = ec});
    open_ = true;
    read_next();
    events_->on_open();
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
    resolver_.cancel();
    beast::get_lowest_layer(stream_).close();
  }

  ClientOptions options_;
  ClientEvents* events_;
  tcp::resolver resolver_;
  websocket::stream<beast::tcp_stream> stream_;
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
