#pragma once
// A TLS server for one connection, on a thread of its own with blocking calls: what clients are tested against.

#include "fakes/test_certificates.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>

#include <functional>
#include <thread>

namespace wsf::net {

using boost::asio::ip::tcp;
using TlsSocket = boost::asio::ssl::stream<tcp::socket>;

class TlsPeer {
 public:
  using Adjust = std::function<void(boost::asio::ssl::context&)>;

  TlsPeer(const TestAuthority::Pem& identity, std::function<void(TlsSocket&)> script, const Adjust& adjust = {})
      : acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}) {
    using boost::asio::buffer;
    context_.use_certificate_chain(buffer(identity.certificate));
    context_.use_private_key(buffer(identity.key), boost::asio::ssl::context::pem);
    if (adjust) adjust(context_);
    thread_ = std::thread([this, script = std::move(script)] {
      TlsSocket socket(io_, context_);
      acceptor_.accept(socket.lowest_layer());
      try {
        socket.handshake(boost::asio::ssl::stream_base::server);
        script(socket);
      } catch (const boost::system::system_error&) {
        // The client went away: its own expectations tell.
      }
    });
  }
  ~TlsPeer() { thread_.join(); }

  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  boost::asio::io_context io_;
  boost::asio::ssl::context context_{boost::asio::ssl::context::tls_server};
  tcp::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace wsf::net
