#include "redis/link.hpp"

#include "base/exit_codes.hpp"
#include "redis/command.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace wsf::redis {
namespace {

// What the user can do about it, for the errors of which that is known.
std::string_view hint(std::string_view why) {
  if (why.starts_with("NOAUTH")) return " (it wants a password: --redis-password-file)";
  if (why.starts_with("WRONGPASS")) return " (look at the user of the URL and at --redis-password-file)";
  if (why.starts_with("NOPERM")) return " (look at the user's rules: ACL GETUSER)";
  if (why.starts_with("protocol error")) return " (is that a Redis server?)";
  if (why.find("max number of clients") != why.npos) return " (its maxclients)";
  return "";
}

// An access list need not allow what only comforts us.
bool is_harmless(const Reply& reply) {
  return reply.kind != Reply::Kind::error || reply.text.starts_with("NOPERM");
}

std::shared_ptr<const net::ClientTls> read_tls(const Options& options) {
  if (!options.tls) return nullptr;
  auto tls = net::ClientTls::read(*options.tls);
  if (!tls) base::refuse("TLS to Redis: " + tls.error().message);
  return *tls;
}

}  // namespace

Link::Link(boost::asio::io_context& io, const Options& options, std::function<double()> random, LinkEvents& events)
    : options_(options),
      tls_(read_tls(options)),
      events_(events),
      io_(io),
      backoff_(std::move(random), options.reconnect),
      timer_(io) {}

void Link::start() {
  open();
}

void Link::stop() {
  state_ = State::stopped;
  connection_.reset();
  timer_.cancel();
}

void Link::open() {
  state_ = State::opening;
  ConnectionEvents& events = *this;
  connection_.emplace(io_, options_, tls_, events);
  connection_->open();
}

void Link::watch(std::chrono::milliseconds wait) {
  heard_ = false;
  timer_.expires_after(wait);
  timer_.async_wait([this](boost::system::error_code ec) { on_deadline(ec); });
}

void Link::on_deadline(boost::system::error_code ec) {
  if (ec || timer_.expiry() > Clock::now()) return;  // set anew meanwhile
  if (state_ == State::opening || state_ == State::stopped) return;
  if (state_ == State::waiting) return open();
  if (state_ == State::greeting) return fail(fmt::format("no answer within {} ms", options_.answer_timeout.count()));
  if (heard_) {
    asked_ = false;
    return watch(options_.silence);
  }
  if (asked_) return fail(fmt::format("no sign of life within {} ms", options_.answer_timeout.count()));
  asked_ = true;
  watch(options_.answer_timeout);
  events_.on_silence();
}

// All in one write, and answered in this order; the last one shows that the server is ready for commands.
void Link::on_open() {
  state_ = State::greeting;
  std::string bytes;
  greetings_left_ = 2;
  if (!options_.password.empty()) {
    bytes += options_.user.empty() ? command({"AUTH", options_.password})
                                   : command({"AUTH", options_.user, options_.password});
    ++greetings_left_;
  }
  if (options_.database != 0) {
    bytes += command({"SELECT", std::to_string(options_.database)});
    ++greetings_left_;
  }
  bytes += command({"CLIENT", "SETNAME", options_.client_name}) + command({"PING"});
  connection_->write(bytes);
  watch(options_.answer_timeout);
}

void Link::take_greeting(const Reply& reply) {
  --greetings_left_;
  const bool comfort = greetings_left_ < 2;
  if (reply.kind == Reply::Kind::error && !(comfort && is_harmless(reply))) return fail(reply.text);
  if (greetings_left_ > 0) return;
  state_ = State::up;
  asked_ = false;
  up_since_ = Clock::now();
  watch(options_.silence);
  spdlog::info("Redis {}: connected", options_.text());
  events_.on_up();
}

void Link::on_reply(Reply reply) {
  heard_ = true;
  if (state_ == State::greeting) return take_greeting(reply);
  events_.on_reply(std::move(reply));
}

void Link::on_read() {
  if (state_ == State::up) events_.on_read();
}

void Link::on_written() {
  if (state_ == State::up) events_.on_written();
}

void Link::lose(const std::string& why) {
  if (state_ == State::up) fail(why);
}

void Link::fail(const std::string& said) {
  const std::string why = said.substr(0, kMaxWhyBytes);  // the server's own words, as long as it likes
  const bool held = state_ == State::up && Clock::now() - up_since_ >= kHeld;
  state_ = State::waiting;
  connection_.reset();
  if (held) backoff_.reset();
  watch(backoff_.next());
  if (const auto kept_back = log_.allow(why, Clock::now())) {
    spdlog::warn("Redis {}: {}{}; trying again{}", options_.text(), why, hint(why),
                 *kept_back == 0 ? "" : fmt::format(" ({} more such failures)", *kept_back));
  }
  events_.on_down(why);
}

}  // namespace wsf::redis
