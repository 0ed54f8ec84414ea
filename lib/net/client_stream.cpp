#include "net/client_stream.hpp"

#include "net/certificate.hpp"

#include <boost/asio/connect.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <openssl/err.h>

namespace wsf::net {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

std::string addresses(const tcp::resolver::results_type& found) {
  std::string out;
  for (const auto& entry : found) out += (out.empty() ? "" : ", ") + entry.endpoint().address().to_string();
  return out;
}

std::string text_of(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  return endpoint.address().is_v6() ? fmt::format("[{}]:{}", address, endpoint.port())
                                    : fmt::format("{}:{}", address, endpoint.port());
}

TlsFacts facts_of(const SSL* ssl) {
  const X509* certificate = SSL_get0_peer_certificate(ssl);
  return {SSL_get_version(ssl), SSL_get_cipher_name(ssl), names_of(certificate), end_date(certificate),
          end_s(certificate)};
}

std::string text_of(const TlsFacts& facts) {
  return fmt::format("{}, {}, certificate for {} until {}", facts.version, facts.cipher, facts.names, facts.ends);
}

}  // namespace

// Outlives its stream while a lookup or another step is pending; `done` is empty from the moment on that nothing more
// may be told.
struct ClientStream::Connection : std::enable_shared_from_this<Connection> {
  explicit Connection(asio::io_context& io) : resolver(io), socket(io), deadline(io) {}

  template <class... Args>
  auto guarded(void (Connection::*handler)(Args...)) {
    return [self = shared_from_this(), handler](Args... args) {
      if (self->done) ((*self).*handler)(std::forward<Args>(args)...);
    };
  }

  void start(Target to, Done when_done, Passed when_passed) {
    target = std::move(to);
    done = std::move(when_done);
    passed = std::move(when_passed);
    deadline.expires_after(target.timeout);
    deadline.async_wait(guarded(&Connection::on_deadline));
    resolver.async_resolve(target.host, std::to_string(target.port), guarded(&Connection::on_resolved));
  }

  void on_deadline(error_code ec) {
    if (!ec) finish(ConnectFault{.step = step, .timed_out = true, .error = asio::error::timed_out});
  }

  void on_resolved(error_code ec, tcp::resolver::results_type found) {
    if (ec) return finish(ConnectFault{.step = step, .error = ec});
    if (!tell(addresses(found))) return;
    step = Step::tcp;
    asio::async_connect(socket, found, guarded(&Connection::on_connected));
  }

  void on_connected(error_code ec, const tcp::endpoint& endpoint) {
    if (ec) return finish(ConnectFault{.step = step, .error = ec});
    peer = text_of(endpoint);
    error_code ignored;  // a socket without it works as well, only later
    socket.set_option(tcp::no_delay(true), ignored);
    if (!tell(peer)) return;
    if (!target.tls) return finish(std::nullopt);
    step = Step::tls;
    tls = std::make_unique<TlsStream>(socket, target.tls->new_session(target.host));
    note_certificate_faults(tls->native_handle(), fault);
    ERR_clear_error();
    tls->async_handshake(asio::ssl::stream_base::client, guarded(&Connection::on_secured));
  }

  void on_secured(error_code ec) {
    if (ec) return finish(handshake_fault(ec));
    if (tell(text_of(facts_of(tls->native_handle())))) finish(std::nullopt);
  }

  ConnectFault handshake_fault(error_code ec) const {
    ConnectFault out{.step = Step::tls, .error = ec, .tls = tls_fault(ec)};
    if (!fault.what.empty()) out.tls = fault;
    if (ec == asio::error::eof || ec == asio::error::connection_reset || ec == asio::error::broken_pipe) {
      out.tls = TlsFault{TlsFault::Kind::ended, "it ended the connection during the TLS handshake"};
    }
    return out;
  }

  // False: whoever was told wants no more.
  bool tell(const std::string& what) {
    if (const Passed call = passed) call(step, what);  // a copy: it may close()
    return done != nullptr;
  }

  void finish(const std::optional<ConnectFault>& outcome) {
    deadline.cancel();
    const Done tell_end = std::exchange(done, nullptr);
    passed = nullptr;
    if (outcome) close();
    tell_end(outcome);
  }

  void close() {
    done = nullptr;
    passed = nullptr;
    deadline.cancel();
    resolver.cancel();
    error_code ignored;
    socket.close(ignored);
  }

  tcp::resolver resolver;
  tcp::socket socket;
  std::unique_ptr<TlsStream> tls;
  asio::steady_timer deadline;
  Target target;
  Step step = Step::name;
  std::string peer;
  TlsFault fault;
  Done done;
  Passed passed;
};

ClientStream::ClientStream(asio::io_context& io) : io_(io), connection_(std::make_shared<Connection>(io)) {}

ClientStream::~ClientStream() {
  close();
}

void ClientStream::connect(Target target, Done done, Passed passed) {
  connection_ = std::make_shared<Connection>(io_);
  connection_->start(std::move(target), std::move(done), std::move(passed));
}

void ClientStream::close() {
  connection_->close();
}

const std::string& ClientStream::peer() const {
  return connection_->peer;
}

std::optional<TlsFacts> ClientStream::tls_facts() const {
  if (!is_tls()) return std::nullopt;
  return facts_of(tls_stream()->native_handle());
}

ClientStream::Socket& ClientStream::socket() {
  return connection_->socket;
}

ClientStream::TlsStream* ClientStream::tls_stream() const {
  return connection_->tls.get();
}

}  // namespace wsf::net
