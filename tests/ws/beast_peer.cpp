#include "ws/beast_peer.hpp"

#include "base/check.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/beast/_experimental/test/stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

namespace wsf::ws {
namespace {

namespace beast = boost::beast;
namespace net = boost::asio;
namespace websocket = beast::websocket;
using Kind = FrameEvent::Kind;
using Stream = websocket::stream<beast::test::stream>;

Role other(Role role) {
  return role == Role::server ? Role::client : Role::server;
}

Kind kind_of(websocket::frame_type type) {
  return type == websocket::frame_type::ping ? Kind::ping : Kind::pong;
}

}  // namespace

struct BeastPeer::Streams {
  net::io_context context;
  Stream client{context};
  Stream server{context};

  Stream& playing(Role role) { return role == Role::server ? server : client; }
};

BeastPeer::BeastPeer(Role role, std::uint64_t max_message_bytes) : streams_(new Streams), role_(role) {
  Streams& s = *streams_;
  s.client.next_layer().connect(s.server.next_layer());
  s.client.secure_prng(false);
  int upgraded = 0;
  const auto count = [&](beast::error_code ec) { upgraded += ec ? 0 : 1; };
  s.server.async_accept(count);
  s.client.async_handshake("peer", "/", count);
  s.context.run();
  base::check(upgraded == 2, "both sides upgrade");
  s.playing(role).read_message_max(max_message_bytes);
}

BeastPeer::~BeastPeer() = default;

std::vector<Seen> BeastPeer::read(std::string_view wire) {
  Stream& stream = streams_->playing(role_);
  std::vector<Seen> seen;
  stream.control_callback([&](websocket::frame_type type, beast::string_view payload) {
    if (type != websocket::frame_type::close) seen.push_back({kind_of(type), std::string(payload)});
  });
  stream.next_layer().append(wire);
  stream.next_layer().close_remote();
  beast::error_code ec;
  while (!ec) {
    beast::flat_buffer message;
    stream.read(message, ec);
    if (!ec)
      seen.push_back({stream.got_text() ? Kind::text : Kind::binary, beast::buffers_to_string(message.data())});
  }
  if (ec == websocket::error::closed) {
    const websocket::close_reason& reason = stream.reason();
    const bool given = reason.code != websocket::close_code::none;
    seen.push_back({Kind::close, {reason.reason.data(), reason.reason.size()}, given ? reason.code : kNoStatus});
  } else if (ec != net::error::eof) {
    const std::vector<Seen> answer = read_all(other(role_), 0, written());
    seen.push_back({Kind::error, ec.message(), answer.empty() ? std::uint16_t{0} : answer.back().code});
  }
  return seen;
}

void BeastPeer::write(Opcode opcode, std::string_view message) {
  Stream& stream = streams_->playing(role_);
  stream.text(opcode == Opcode::text);
  stream.write(net::buffer(message));
}

void BeastPeer::write_some(Opcode opcode, bool fin, std::string_view part) {
  Stream& stream = streams_->playing(role_);
  stream.text(opcode == Opcode::text);
  stream.write_some(fin, net::buffer(part));
}

void BeastPeer::ping(std::string_view payload) {
  streams_->playing(role_).ping({payload.data(), payload.size()});
}

void BeastPeer::pong(std::string_view payload) {
  streams_->playing(role_).pong({payload.data(), payload.size()});
}

void BeastPeer::close(std::uint16_t code, std::string_view reason) {
  websocket::close_reason close_reason;
  close_reason.code = code == kNoStatus ? std::uint16_t{websocket::close_code::none} : code;
  close_reason.reason.assign(reason.data(), reason.size());
  Stream& stream = streams_->playing(role_);
  stream.next_layer().close_remote();  // nobody answers; Beast would wait
  beast::error_code ec;
  stream.close(close_reason, ec);
}

std::string BeastPeer::written() {
  auto& far_end = streams_->playing(other(role_)).next_layer();
  std::string bytes(far_end.str());
  far_end.clear();
  return bytes;
}

}  // namespace wsf::ws
