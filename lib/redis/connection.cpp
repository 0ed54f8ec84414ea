#include "redis/connection.hpp"

#include "net/client_stream.hpp"
#include "redis/reply_reader.hpp"

#include <boost/asio/write.hpp>

#include <array>
#include <utility>

namespace wsf::redis {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

std::string words(const net::ConnectFault& fault) {
  if (fault.tls) return "TLS: " + fault.tls->what;
  if (!fault.timed_out) return fault.error.message();
  if (fault.step == net::Step::tls) return "TLS: no answer in time; does this port speak TLS?";
  return fault.step == net::Step::name ? "no answer in time to the lookup of its name" : "no answer in time";
}

// Of a connection that stood.
std::string words(error_code ec) {
  if (net::is_end(ec)) return "the server closed the connection";
  if (const auto fault = net::tls_fault(ec)) return "TLS: " + fault->what;
  return ec.message();
}

}  // namespace

class Connection::Line : public std::enable_shared_from_this<Line> {
  // The handler's call, kept from happening once nobody listens any more.
  template <class... Arguments>
  auto guarded(void (Line::*step)(error_code, Arguments...)) {
    return [self = shared_from_this(), step](error_code ec, Arguments... arguments) {
      if (self->events_) (self.get()->*step)(ec, arguments...);
    };
  }

 public:
  Line(asio::io_context& io, const Options& options, std::shared_ptr<const net::ClientTls> tls,
       ConnectionEvents& events)
      : target_{options.host, options.port, std::move(tls), options.connect_timeout},
        events_(&events),
        stream_(io),
        replies_(options.max_reply_bytes) {}

  void open() {
    stream_.connect(target_, [self = shared_from_this()](const auto& fault) { self->on_connected(fault); });
  }

  void write(std::string_view bytes) {
    waiting_ += bytes;
    if (going_out_.empty()) write_waiting();
  }

  bool writing() const { return !going_out_.empty(); }

  void abandon() {
    events_ = nullptr;
    stream_.close();
  }

 private:
  void on_connected(const std::optional<net::ConnectFault>& fault) {
    if (!events_) return;
    if (fault) return end(words(*fault));
    error_code ignored;  // without it a dead peer is noticed by our silence alone
    stream_.socket().set_option(asio::socket_base::keep_alive(true), ignored);
    read_next();
    events_->on_open();
  }

  void read_next() { stream_.async_read_some(asio::buffer(received_), guarded(&Line::on_received)); }

  void on_received(error_code ec, std::size_t size) {
    if (ec) return end(words(ec));
    replies_.feed({received_.data(), size});
    while (events_) {
      auto reply = replies_.next();
      if (!reply) return end("protocol error: " + reply.error().message);
      if (!*reply) break;
      events_->on_reply(std::move(**reply));
    }
    if (events_) events_->on_read();
    if (events_) read_next();
  }

  void write_waiting() {
    going_out_.swap(waiting_);
    asio::async_write(stream_, asio::buffer(going_out_), guarded(&Line::on_sent));
  }

  void on_sent(error_code ec, std::size_t /*size*/) {
    if (ec) return end(words(ec));
    going_out_.clear();
    if (!waiting_.empty()) return write_waiting();
    events_->on_written();
  }

  void end(const std::string& why) {
    ConnectionEvents& events = *events_;
    abandon();
    events.on_ended(why);
  }

  net::Target target_;
  ConnectionEvents* events_;
  net::ClientStream stream_;
  ReplyReader replies_;
  std::array<char, kReadBytes> received_;
  std::string waiting_, going_out_;
};

Connection::Connection(asio::io_context& io, const Options& options, std::shared_ptr<const net::ClientTls> tls,
                       ConnectionEvents& events)
    : line_(std::make_shared<Line>(io, options, std::move(tls), events)) {}

Connection::~Connection() {
  line_->abandon();
}

void Connection::open() {
  line_->open();
}

void Connection::write(std::string_view bytes) {
  line_->write(bytes);
}

bool Connection::writing() const {
  return line_->writing();
}

}  // namespace wsf::redis
