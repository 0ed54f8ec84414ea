#include "wsclient/doctor.hpp"

#include "base/terminal.hpp"
#include "base/units.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/link.hpp"
#include "wsclient/output.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <utility>

namespace wsf::wsclient {
namespace {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Stage = ws::ConnectFailure::Stage;
using State = Diagnosis::State;

constexpr int kWidthUnknown = 80;
constexpr std::chrono::seconds kPageTimeout{2};
constexpr std::size_t kMaxPage = 160;  // columns

std::string trimmed(const std::string& text) {
  return text.substr(0, text.find_last_not_of("\r\n ") + 1);
}

std::string step_of(Stage stage) {
  switch (stage) {
    case Stage::name:
      return "name";
    case Stage::tcp:
      return "tcp";
    case Stage::tls:
      return "tls";
    default:
      return "upgrade";
  }
}

}  // namespace

Doctor::Doctor(const Options& options)
    : options_(options),
      as_json_(options.json || !base::is_terminal(STDOUT_FILENO)),
      signals_(io_, SIGINT, SIGTERM, SIGHUP),
      patience_(io_) {}

int Doctor::run() {
  signals_.async_wait([this](error_code ec, int number) {
    if (!ec) end(128 + number);
  });
  ws::ClientOptions client{.url = with_query(options_.url, query())};
  client.user_agent = fmt::format("wsclient/{}", WSF_VERSION);
  client.tls = options_.tls;
  client.headers = options_.headers;
  if (!options_.token.empty()) client.headers.emplace_back("Authorization", "Bearer " + options_.token);
  client.connect_timeout = options_.timeout;
  client_ = std::make_unique<ws::Client>(io_, std::move(client), static_cast<ws::ClientEvents&>(*this));
  client_->connect();
  io_.run();
  return exit_code_;
}

void Doctor::on_passed(Stage stage, const std::string& what) {
  if (stage == Stage::name) ok("name", fmt::format("{} -> {}", options_.url.host, what));
  if (stage == Stage::tcp) ok("tcp", what);
  if (stage == Stage::tls) ok("tls", what);
}

void Doctor::on_open() {
  const auto& target = options_.url.target;
  ok("upgrade", fmt::format("101 at {}{}", target.substr(0, target.find('?')),
                            options_.dialect->wants_token ? ", the token is accepted" : ""));
  on_upgraded();
}

void Doctor::on_failed(const ws::ConnectFailure& failure) {
  fail(step_of(failure.stage), outcome_of(failure, options_.url, options_.timeout, *options_.dialect));
}

void Doctor::on_closed(const ws::Closed& closed) {
  if (ended_) return io_.stop();
  if (awaited_.empty()) return;  // the failure has been told
  fail(awaited_, outcome_of(closed, *options_.dialect));
}

void Doctor::await(const std::string& step, const std::string& what, const std::string& hint) {
  awaited_ = step;
  patience_.expires_after(std::chrono::duration_cast<Clock::duration>(options_.timeout));
  patience_.async_wait([this, what, hint](error_code ec) {
    if (!ec && !ended_)
      on_impatient(fmt::format("{} within {}", what, base::format_duration(options_.timeout)), hint);
  });
}

void Doctor::await_update() {
  const std::string update(options_.dialect->update);
  await(update, "no " + update, "is anything published? --timeout waits longer");
}

// Silence has two reasons: the feed fails, or nobody has anything to say. The server's own pages tell which.
void Doctor::on_impatient(const std::string& what, const std::string& hint) {
  const bool only_silent = awaits(options_.dialect->update);
  const auto known = only_silent ? instead_of_update() : "";
  tell({State::fail, awaited_, known.empty() ? what : fmt::format("{}: {}", what, known), 0, hint});
  awaited_.clear();  // what comes later does not count
  if (!only_silent) return end(static_cast<int>(base::Exit::runtime));
  ask_page(0);
}

void Doctor::ask_page(std::size_t index) {
  const auto& pages = options_.dialect->pages;
  if (index == pages.size() || pages[index] == nullptr) return end(static_cast<int>(base::Exit::runtime));
  http_get(io_, options_.url, options_.tls, pages[index], kPageTimeout, [this, index](const HttpAnswer& answer) {
    const auto words = answer.status == 0
                           ? "no answer"
                           : fmt::format("{} {}", answer.status, fit(trimmed(answer.body), kMaxPage, true));
    note("server", fmt::format("{} says {}", options_.dialect->pages[index], words));
    ask_page(index + 1);
  });
}

void Doctor::ok(const std::string& step, const std::string& detail) {
  tell({State::ok, step, detail});
}

void Doctor::note(const std::string& step, const std::string& detail) {
  tell({State::note, step, detail});
}

void Doctor::fail(const std::string& step, const Outcome& why) {
  tell({State::fail, step, why.brief, 0, why.hint});
  end(static_cast<int>(why.exit));
}

// It took the time since what was told before it.
void Doctor::tell(Diagnosis diagnosis) {
  const auto now = Clock::now();
  diagnosis.took_us = std::chrono::duration_cast<std::chrono::microseconds>(now - std::exchange(lap_, now)).count();
  const auto width = base::width(STDOUT_FILENO, kWidthUnknown);
  write_line(STDOUT_FILENO, as_json_ ? as_json(diagnosis) : in_words(diagnosis, width, base::colour(STDOUT_FILENO)));
}

void Doctor::end(int exit_code) {
  if (std::exchange(ended_, true)) return;
  exit_code_ = exit_code;
  if (!client_->is_open()) return io_.stop();
  client_->close(1000);
}

}  // namespace wsf::wsclient
