#include "wsclient/outcome.hpp"

#include "base/units.hpp"
#include "protocol/close_codes.hpp"
#include "wsclient/line_text.hpp"

#include <boost/asio/error.hpp>
#include <fmt/format.h>

namespace wsf::wsclient {
namespace {

using base::Exit;
using Stage = ws::ConnectFailure::Stage;
using namespace std::chrono_literals;

Outcome unreachable(const ws::Url& url, const std::string& what, const std::string& hint) {
  return {true, Exit::cannot_connect, fmt::format("cannot connect to {}: {} ({})", url.text(), what, hint), what,
          hint};
}

Outcome timed_out(const ws::ConnectFailure& failure, const ws::Url& url, std::chrono::nanoseconds timeout) {
  const auto limit = base::format_duration(timeout);
  switch (failure.stage) {
    case Stage::name:
      return unreachable(url, fmt::format("{} was not looked up within {}", url.host, limit),
                         "is the name server reachable?");
    case Stage::tcp:
      return unreachable(url, fmt::format("no answer within {}", limit),
                         "host down, or a firewall? --timeout 30s waits longer");
    case Stage::tls:
      return unreachable(url, fmt::format("connected, but no TLS handshake within {}", limit),
                         "does it speak TLS on this port?");
    default:
      return unreachable(url, fmt::format("connected, but no answer to the upgrade within {}", limit),
                         "is it a WebSocket server?");
  }
}

Outcome refused(const ws::Url& url, const std::string& what, const std::string& hint) {
  return {false, Exit::refused, fmt::format("{} refuses us: {} ({})", url.text(), what, hint), what, hint};
}

std::string http_hint(const ws::ConnectFailure& f, const Dialect& dialect) {
  if (f.http_status == 404)
    return fmt::format("is the path right? wsfanout serves {} at {}", dialect.name, dialect.path);
  if (f.http_status == 426) return "the server wants another way to upgrade";
  if (f.http_status >= 300 && f.http_status < 400)
    return f.location.empty() ? "redirects are not followed" : fmt::format("it points to {}", f.location);
  if (f.http_status == 502 || f.http_status == 504) return "a proxy answers, the server behind it does not";
  if (f.http_status == 503) return "the server shuts down, or is not ready yet: try again, or another replica";
  if (f.http_status >= 500) return "the server has a problem; see its log";
  if (f.http_status < 300) return "a web server, but no WebSocket endpoint at this path?";
  return "is it a WebSocket endpoint?";
}

std::string refusal_hint(const ws::ConnectFailure& f) {
  if (f.http_status == 401) return "it wants a valid token: --token-file FILE";
  if (f.http_body.find("assessment") != std::string::npos)
    return "its claim \"assessments\" lists those that it is for";
  return "--allowed-origins of wsfanout lists whom it lets in: try --origin https://app.example";
}

Outcome http_answer(const ws::ConnectFailure& f, const ws::Url& url, const Dialect& dialect) {
  const auto status = fmt::format("HTTP {}{}{}", f.http_status, f.http_reason.empty() ? "" : " ", f.http_reason);
  const bool says_more = !f.http_body.empty() && !f.http_body.starts_with('<') && f.http_body != f.http_reason;
  const auto words = says_more ? fmt::format("{}: {}", status, f.http_body) : status;
  if (f.http_status == 400 && dialect.protocol == Protocol::quotes_patch)
    return refused(url, words,
                   "wsfanout --symbols FILE lists those that it knows; else they are well-known ones, as AAPL");
  if (f.http_status == 401 || f.http_status == 403) return refused(url, words, refusal_hint(f));
  return unreachable(url, fmt::format("the server answered {}", words), http_hint(f, dialect));
}

std::string tcp_hint(const ws::ConnectFailure& failure) {
  namespace error = boost::asio::error;
  if (failure.error == error::connection_refused)
    return "is wsfanout running? it prints \"listening on HOST:PORT\"; --url takes another address";
  if (failure.error == error::network_unreachable || failure.error == error::host_unreachable)
    return "is the network up?";
  return "--url takes another address";
}

std::string tls_hint(net::TlsFault::Kind kind) {
  using Kind = net::TlsFault::Kind;
  switch (kind) {
    case Kind::expired:
      return "its owner must renew it";
    case Kind::not_yet_valid:
      return "is this machine's clock right?";
    case Kind::other_host:
      return "--url with a host that it is for";
    case Kind::unknown_authority:
      return "--tls-ca FILE names the authority to trust";
    case Kind::certificate_wanted:
      return "--tls-cert FILE --tls-key FILE show one";
    case Kind::certificate_refused:
      return "--tls-cert must be one that the server's authorities have signed";
    case Kind::not_tls:
      return "a plain port? write ws://";
    case Kind::ended:
      return "does it speak TLS on this port?";
    default:
      return "see the server's log";
  }
}

Outcome tls_failure(const net::TlsFault& fault, const ws::Url& url) {
  using Kind = net::TlsFault::Kind;
  const bool refuses = fault.kind == Kind::certificate_wanted || fault.kind == Kind::certificate_refused;
  return refuses ? refused(url, fault.what, tls_hint(fault.kind))
                 : unreachable(url, fault.what, tls_hint(fault.kind));
}

std::string lower_first(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

// A restart drops all clients at once, and a full server stays full for a while.
base::WaitWindow wait_after(std::uint16_t close_code) {
  if (close_code == number(protocol::Close::service_restart)) return {0s, 1s};
  if (close_code == number(protocol::Close::try_again_later)) return {1s, 5s};
  return {};
}

// What to do about a close by the server; "": nothing.
std::string close_hint(const ws::Closed& closed, const Dialect& dialect) {
  if (closed.code == number(protocol::Close::token_expired))
    return "put a new one into --token-file: it is read for each connection";
  if (closed.code == number(protocol::Close::gap)) return std::string(dialect.after_gap);
  if (closed.code != number(protocol::Close::policy)) return {};
  if (closed.reason == close_row(protocol::CloseCause::user_connection_limit).reason)
    return "end another connection of this user first; --max-connections-per-user of wsfanout sets the limit";
  return "mend what it names first";
}

std::string subscription_hint(std::string_view code) {
  if (code == "subscription_limit") return "name fewer; wsfanout --max-subscriptions sets the limit";
  if (code == "not_allowed") return "the token's claim \"tier\" decides";
  return {};
}

}  // namespace

Outcome outcome_of(const ws::ConnectFailure& failure, const ws::Url& url, std::chrono::nanoseconds timeout,
                   const Dialect& dialect) {
  if (failure.timed_out) return timed_out(failure, url, timeout);
  if (failure.http_status != 0) return http_answer(failure, url, dialect);
  if (failure.tls) return tls_failure(*failure.tls, url);
  switch (failure.stage) {
    case Stage::name:
      return unreachable(url, fmt::format("the name {} does not resolve", url.host), "is it spelled right?");
    case Stage::tcp:
    case Stage::tls:
      return unreachable(url, lower_first(failure.error.message()), tcp_hint(failure));
    default:
      return unreachable(url, "the answer is not that of a WebSocket server", "is the port right?");
  }
}

Outcome outcome_of(const ws::Closed& closed, const Dialect& dialect) {
  const auto words = closed.reason.empty() ? "" : fmt::format(" {}", closed.reason);
  if (closed.by == ws::Closed::By::line)
    return {true, Exit::closed_by_server, fmt::format("connection lost: {}", closed.reason), "connection lost"};
  if (closed.by == ws::Closed::By::us)
    return {protocol::may_reconnect(closed.code), Exit::runtime,
            fmt::format("closed by us with {}:{}", closed.code, words), fmt::format("{}{}", closed.code, words)};
  const auto brief = fmt::format("closed by the server: {}{}", closed.code, words);
  const bool again = protocol::may_reconnect(closed.code);
  const auto hint = close_hint(closed, dialect);
  const auto line = hint.empty() ? brief : fmt::format("{} ({})", brief, hint);
  return {again, Exit::closed_by_server, line, brief, hint, wait_after(closed.code)};
}

Outcome refused_subscription(const ServerMessage& error) {
  const auto words = fit(error.message.empty() ? error.code : error.message, kMaxWords, true);
  const std::string hint = subscription_hint(error.code);
  const auto line = fmt::format("the server refuses the subscription: {}", words);
  return {false, Exit::refused, hint.empty() ? line : fmt::format("{} ({})", line, hint), words, hint};
}

std::string interrupted_connect(const ws::Url& url) {
  return fmt::format("interrupted while connecting to {}", url.text());
}

}  // namespace wsf::wsclient
