#include "ws/http_request.hpp"

#include "base/check.hpp"
#include "base/trimmed.hpp"
#include "ws/extension_list.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/status.hpp>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace wsf::ws {
namespace {

namespace http = boost::beast::http;
using base::trimmed;
using boost::beast::iequals;

std::string_view view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

bool is_base64_of_16_bytes(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==")) return false;
  return std::ranges::all_of(key.substr(0, 22),
                             [](unsigned char c) { return std::isalnum(c) || c == '+' || c == '/'; });
}

// Of letters that an authority may have (RFC 3986 section 3.2), whatever they say together.
bool is_host(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) ||
           std::string_view("-._~%!$&'()*+,;=:[]").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

// Whether a line of `header` ends in LF alone or begins with a blank; what lies before `from` was looked at.
bool breaks_lines(std::string_view header, std::size_t from) {
  for (std::size_t end = header.find('\n', from); end != std::string_view::npos; end = header.find('\n', end + 1)) {
    if (end == 0 || header[end - 1] != '\r') return true;
    const char next = end + 1 < header.size() ? header[end + 1] : '\0';
    if (next == ' ' || next == '\t') return true;
  }
  return false;
}

// Takes what we look at out of the header as it is read, without a table of all its fields.
class RequestParser final : public http::basic_parser<true> {
 public:
  HttpRequest request;

  bool asks_upgrade() const { return lists(upgrade_, "websocket") && lists(connection_, "upgrade"); }

 private:
  using Error = boost::beast::error_code;
  using View = boost::beast::string_view;

  void on_request_impl(http::verb, View method, View target, int version, Error&) override {
    request.method = view(method);
    const std::string_view all = view(target);
    const std::size_t mark = all.find('?');
    request.path = all.substr(0, mark);
    if (mark != std::string_view::npos) request.query = all.substr(mark + 1);
    request.http_1_1 = version == 11;
  }

  void on_field_impl(http::field name, View word, View text, Error&) override {
    const std::string_view value = trimmed(view(text));
    switch (name) {
      case http::field::host:
        return once(has_host_, request.host, value);
      case http::field::origin:
        if (!request.origin) request.origin.emplace();
        return once(has_origin_, *request.origin, value);
      case http::field::sec_websocket_key:
        return once(has_key_, request.key, value);
      case http::field::sec_websocket_version:
        return once(has_version_, request.websocket_version, value);
      case http::field::sec_websocket_protocol:
        return add(request.subprotocols, value);
      case http::field::sec_websocket_extensions:
        return add(request.extensions, value);
      case http::field::upgrade:
        return add(upgrade_, value);
      case http::field::connection:
        return add(connection_, value);
      case http::field::authorization:
        return once(has_authorization_, request.authorization, value);
      case http::field::forwarded:
        return add(request.forwarded, value);
      case http::field::content_length:
        if (value != "0") request.announces_body = true;
        if (std::exchange(has_content_length_, true)) request.repeats_a_field = true;
        return;
      case http::field::transfer_encoding:
        request.announces_body = true;
        return;
      case http::field::unknown:
        if (iequals(word, "X-Api-Key")) once(has_api_key_, request.api_key, value);
        if (iequals(word, "X-Forwarded-For")) add(request.forwarded_for, value);
        if (iequals(word, "traceparent")) request.traceparent = std::exchange(has_traceparent_, true) ? "" : value;
        return;
      default:
        return;
    }
  }

  void once(bool& has, std::string& field, std::string_view value) {
    if (std::exchange(has, true)) {
      request.repeats_a_field = true;
    } else {
      field = value;
    }
  }

  static void add(std::string& list, std::string_view line) {
    if (!list.empty()) list += ", ";
    list += line;
  }

  void on_response_impl(int, View, int, Error&) override {}
  void on_header_impl(Error&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(View, Error&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, View, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, View, Error&) override { return 0; }
  void on_finish_impl(Error&) override {}

  std::string upgrade_;
  std::string connection_;
  bool has_host_ = false;
  bool has_origin_ = false;
  bool has_key_ = false;
  bool has_version_ = false;
  bool has_authorization_ = false;
  bool has_api_key_ = false;
  bool has_content_length_ = false;
  bool has_traceparent_ = false;
};

std::string_view reason_phrase(int status) {
  return view(http::obsolete_reason(static_cast<http::status>(status)));
}

// "http://host:port" without its scheme.
std::string_view authority(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos ? std::string_view{} : origin.substr(scheme + 3);
}

std::string_view without_default_port(std::string_view host, std::string_view origin) {
  const std::string_view port = origin.starts_with("https") || origin.starts_with("wss") ? ":443" : ":80";
  return host.ends_with(port) ? host.substr(0, host.size() - port.size()) : host;
}

}  // namespace

RequestProgress request_progress(std::string_view bytes, std::size_t looked_at) {
  using State = RequestProgress::State;
  // A method is a word; anything else (a TLS greeting, say) will never become a request.
  if (!bytes.empty() && !std::isalpha(static_cast<unsigned char>(bytes[0]))) return {State::refused, 0, 400};
  const std::size_t end = bytes.find("\r\n\r\n", looked_at < 3 ? 0 : looked_at - 3);
  const bool whole = end != std::string_view::npos;
  if (breaks_lines(whole ? bytes.substr(0, end + 4) : bytes, looked_at < 1 ? 0 : looked_at - 1)) {
    return {State::refused, 0, 400};
  }
  if (whole && end + 4 <= kMaxRequestBytes) return {State::complete, end + 4, 0};
  if (bytes.size() >= kMaxRequestBytes) return {State::refused, 0, 431};
  return {};
}

std::optional<HttpRequest> parse_request(std::string_view header) {
  RequestParser parser;
  parser.header_limit(kMaxRequestBytes);
  parser.eager(false);
  boost::beast::error_code ec;
  parser.put(boost::asio::buffer(header.data(), header.size()), ec);
  if (ec || !parser.is_header_done() || !is_host(parser.request.host)) return std::nullopt;
  parser.request.asks_upgrade = parser.asks_upgrade();
  return std::move(parser.request);
}

std::string encode_reply(const HttpReply& reply) {
  std::string out = "HTTP/1.1 " + std::to_string(reply.status) + " ";
  out += reason_phrase(reply.status);
  out += "\r\nServer: wsfanout\r\nConnection: close\r\nContent-Type: " + reply.content_type;
  out += "\r\nContent-Length: " + std::to_string(reply.body.size()) + "\r\n" + reply.extra_headers + "\r\n";
  out += reply.body;
  return out;
}

HttpReply plain_reply(int status, std::string_view text, std::string_view extra_headers) {
  return {status, "text/plain; charset=utf-8", std::string(text) + "\n", std::string(extra_headers)};
}

std::optional<HttpReply> refuse_upgrade(const HttpRequest& request) {
  constexpr std::string_view upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
  if (!request.asks_upgrade || !request.http_1_1) {
    return plain_reply(426, "this path speaks WebSocket: ask for an upgrade by HTTP/1.1", upgrade.substr(0, 20));
  }
  if (request.websocket_version != "13") {
    return plain_reply(400, "Sec-WebSocket-Version must be 13", "Sec-WebSocket-Version: 13\r\n");
  }
  if (!is_base64_of_16_bytes(request.key)) {
    return plain_reply(400, "Sec-WebSocket-Key must be 16 bytes in base64");
  }
  if (!parse_extensions(request.extensions)) return plain_reply(400, "Sec-WebSocket-Extensions is malformed");
  return std::nullopt;
}

std::string accept_key(std::string_view key) {
  static const EVP_MD* const sha1 =
      EVP_MD_fetch(nullptr, "SHA1", nullptr);  // each use of EVP_sha1() looks it up anew
  base::check(sha1 != nullptr, "OpenSSL has SHA-1");
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  base::check(EVP_Digest(text.data(), text.size(), digest.data(), &size, sha1, nullptr) == 1, "SHA-1 works");
  std::array<unsigned char, 32> encoded{};
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length)};
}

std::string switching_protocols(std::string_view key, std::string_view subprotocol, std::string_view extensions) {
  std::string out;
  out.reserve(256);
  out +=
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nServer: wsfanout\r\n"
      "Sec-WebSocket-Accept: ";
  out += accept_key(key);
  out += "\r\n";
  if (!subprotocol.empty()) out += "Sec-WebSocket-Protocol: " + std::string(subprotocol) + "\r\n";
  if (!extensions.empty()) out += "Sec-WebSocket-Extensions: " + std::string(extensions) + "\r\n";
  out += "\r\n";
  return out;
}

bool lists(std::string_view comma_list, std::string_view item) {
  while (!comma_list.empty()) {
    const std::size_t comma = comma_list.find(',');
    if (iequals(trimmed(comma_list.substr(0, comma)), item)) return true;
    if (comma == std::string_view::npos) return false;
    comma_list.remove_prefix(comma + 1);
  }
  return false;
}

bool origin_allowed(const HttpRequest& request, const std::vector<std::string>& allowed) {
  if (!request.origin) return true;
  const std::string& origin = *request.origin;
  if (std::ranges::find(allowed, "*") != allowed.end()) return true;
  if (std::ranges::find(allowed, origin) != allowed.end()) return true;
  const std::string_view own = authority(origin);
  return !own.empty() && iequals(without_default_port(own, origin), without_default_port(request.host, origin));
}

}  // namespace wsf::ws
