#include "wsclient/link.hpp"

#include "base/exit_codes.hpp"
#include "wsclient/time_text.hpp"
#include "wsclient/token_file.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <cmath>

namespace wsf::wsclient {

using Clock = std::chrono::steady_clock;

namespace {

std::int64_t whole_ms(Clock::duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}

}  // namespace

ws::Url with_query(ws::Url url, const std::string& query) {
  if (query.empty()) return url;
  if (const char last = url.target.back(); last != '?' && last != '&')
    url.target += url.target.find('?') == std::string::npos ? '?' : '&';
  url.target += query;
  return url;
}

struct Link::Timer : boost::asio::steady_timer {
  explicit Timer(boost::asio::io_context& io) : boost::asio::steady_timer(io) {}
};

Link::Link(boost::asio::io_context& io, LinkOptions options, std::function<double()> random, LinkEvents& events)
    : io_(io),
      options_(std::move(options)),
      events_(events),
      backoff_(std::move(random)),
      timer_(std::make_unique<Timer>(io)) {}

Link::~Link() = default;

// A token that cannot be read any more, as from a pipe, leaves the one that was good before.
std::vector<std::pair<std::string, std::string>> Link::request_headers() {
  auto headers = options_.headers;
  if (options_.token_file.empty()) return headers;
  if (const auto token = read_token(options_.token_file)) options_.token = *token;
  headers.emplace_back("Authorization", fmt::format("Bearer {}", options_.token));
  return headers;
}

void Link::connect() {
  ws::ClientOptions options{.url = with_query(options_.url, query_)};
  options.tls = options_.tls;
  options.user_agent = fmt::format("wsclient/{}", WSF_VERSION);
  options.headers = request_headers();
  options.connect_timeout = options_.timeout;
  options.compress = options_.compress;
  client_ = std::make_unique<ws::Client>(io_, std::move(options), static_cast<ws::ClientEvents&>(*this));
  client_->connect();
}

void Link::on_open() {
  if (was_up_) ++reconnects_;
  up_ = was_up_ = true;
  up_since_ = Clock::now();
  events_.on_up();
}

void Link::on_failed(const ws::ConnectFailure& failure) {
  const auto why = outcome_of(failure, options_.url, options_.timeout, *options_.dialect);
  if (finishing_) return end(why);
  if (!was_up_ || !why.may_reconnect || !options_.reconnect) return end(why);
  try_again(why);
}

void Link::on_closed(const ws::Closed& closed) {
  up_ = false;
  const auto why = outcome_of(closed, *options_.dialect);
  if (finishing_ || !why.may_reconnect || !options_.reconnect) return end(why);
  if (Clock::now() - up_since_ >= kHeld) backoff_.reset();
  try_again(why);
}

void Link::try_again(const Outcome& why) {
  const auto wait = backoff_.next(why.wait);
  next_attempt_ = Clock::now() + wait;
  down_because_ = why.brief;
  timer_->expires_at(next_attempt_);
  timer_->async_wait([this](const boost::system::error_code& ec) {
    if (!ec && !finishing_) connect();
  });
  events_.on_waiting(why, wait);
}

void Link::end(const Outcome& why) {
  up_ = false;
  if (!finishing_) return events_.on_over(why);
  events_.on_over({.may_reconnect = false, .exit = base::Exit::ok, .line = {}, .brief = {}});
}

void Link::finish() {
  if (finishing_) return;
  finishing_ = true;
  timer_->cancel();
  if (client_ && client_->is_open()) return client_->close(1000);
  client_.reset();
  boost::asio::post(io_, [this] { end({}); });
}

bool Link::send(std::string text) {
  return client_ && client_->send(std::move(text));
}

bool Link::ping(std::string payload) {
  return client_ && client_->ping(std::move(payload));
}

std::string Link::peer() const {
  return client_ ? client_->peer() : "";
}

std::string Link::state() const {
  const auto now = Clock::now();
  if (up_) return fmt::format("connected {}", elapsed_text(whole_ms(now - up_since_)));
  if (!was_up_) return "connecting";
  if (now >= next_attempt_) return fmt::format("reconnecting ({})", down_because_);
  const auto seconds = std::ceil(static_cast<double>(whole_ms(next_attempt_ - now)) / 1000);
  return fmt::format("reconnecting in {:.0f} s ({})", seconds, down_because_);
}

}  // namespace wsf::wsclient
