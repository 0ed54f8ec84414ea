#include "base/clock.hpp"
#include "base/terminal.hpp"
#include "base/units.hpp"
#include "wsclient/acceptance.hpp"
#include "wsclient/commands.hpp"
#include "wsclient/diagnosis.hpp"
#include "wsclient/http_get.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/output.hpp"
#include "wsclient/price_table.hpp"
#include "wsclient/request.hpp"
#include "wsclient/time_text.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <utility>

namespace wsf::wsclient {
namespace {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using State = Diagnosis::State;

constexpr int kWidthUnknown = 80;
constexpr std::chrono::seconds kPageTimeout{2};

// Goes the way of a client step by step, and tells of each when it is done. The first that fails is the last.
class Doctor final : private ws::ClientEvents {
 public:
  explicit Doctor(const Options& options)
      : options_(options), signals_(io_, SIGINT, SIGTERM, SIGHUP), patience_(io_), acceptance_(options.pairs.size()) {
    for (const auto& pair : options.pairs) table_.watch(pair);
  }

  int run() {
    signals_.async_wait([this](error_code ec, int number) {
      if (!ec) end(128 + number);
    });
    ws::ClientOptions client{.url = options_.url};
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

 private:
  using Stage = ws::ConnectFailure::Stage;

  void on_passed(Stage stage, const std::string& what) override {
    if (stage == Stage::name) ok("name", fmt::format("{} -> {}", options_.url.host, what));
    if (stage == Stage::tcp) ok("tcp", what);
    if (stage == Stage::tls) ok("tls", what);
  }

  void on_open() override {
    ok("upgrade", fmt::format("101 at {}", options_.url.target));
    arm_patience("welcome", "no welcome", "is it a server of the fx-rates protocol?");
  }

  void on_failed(const ws::ConnectFailure& failure) override {
    const auto why = outcome_of(failure, options_.url, options_.timeout, *options_.dialect);
    fail(step_of(failure.stage), why.brief, why.hint);
    end(static_cast<int>(why.exit));
  }

  void on_closed(const ws::Closed& closed) override {
    if (ended_) return io_.stop();
    if (awaited_.empty()) return;  // the failure has been told
    const auto why = outcome_of(closed, *options_.dialect);
    fail(awaited_, why.brief, why.hint);
    end(static_cast<int>(why.exit));
  }

  void on_text(std::string_view raw) override {
    const auto message = parse_server_message(raw);
    if (!message || ended_) return;
    table_.take(*message, base::epoch_us());
    if (message->type == "connected") return on_welcome(*message);
    if (message->update) return on_update(*message->update);
    switch (acceptance_.on_message(*message)) {
      case Acceptance::News::accepted:
        return on_accepted(*message);
      case Acceptance::News::refused:
        return on_refused(refused_subscription(*message));
      case Acceptance::News::complaint:
        return tell({State::note, "subscription", message->message, lap_us()});
      default:
        return;
    }
  }

  void on_welcome(const ServerMessage& welcome) {
    ok("welcome", welcome.message);
    arm_patience("subscription", "no answer to the subscription", "is the server overloaded? see its log");
    client_->send(subscribe_request(options_.pairs, {.snapshot = true, .meta = true}));
  }

  void on_accepted(const ServerMessage& answer) {
    ok("subscription", pairs_text(answer.pairs));
    arm_patience("update", "no update", "is anything published? --timeout waits longer");
  }

  void on_refused(const Outcome& why) {
    fail("subscription", why.brief, why.hint);
    end(static_cast<int>(why.exit));
  }

  void on_update(const RateUpdate& update) {
    if (update.snapshot || awaited_ != "update") return;
    const auto latency = latency_us(update, base::epoch_us());
    ok("update", latency ? fmt::format("{} {}, {} old", update.pair, update.rate.text, coarse_latency_text(*latency))
                         : fmt::format("{} {}", update.pair, update.rate.text));
    end(0);
  }

  // For what comes next; without it the step fails.
  void arm_patience(const std::string& step, const std::string& what, const std::string& hint) {
    awaited_ = step;
    patience_.expires_after(std::chrono::duration_cast<Clock::duration>(options_.timeout));
    patience_.async_wait([this, what, hint](error_code ec) {
      if (!ec && !ended_)
        on_impatient(fmt::format("{} within {}", what, base::format_duration(options_.timeout)), hint);
    });
  }

  void on_impatient(const std::string& what, const std::string& hint) {
    const bool only_silent = awaited_ == "update";
    fail(awaited_, only_silent ? fmt::format("{}: {}", what, last_known()) : what, hint);
    awaited_.clear();  // what comes later does not count
    if (!only_silent) return end(static_cast<int>(base::Exit::runtime));
    ask_pages();
  }

  std::string last_known() const {
    const auto now_us = base::epoch_us();
    const PriceRow* newest = nullptr;
    for (const auto& row : table_.rows())
      if (row.last && (!newest || row.age_ms(now_us) < newest->age_ms(now_us))) newest = &row;
    if (!newest) return "nor is there a last known price";
    return fmt::format("the last known price, of {}, is {} old", newest->pair, age_text(newest->age_ms(now_us)));
  }

  // What the server says of itself: whether it is the feed that fails, or only the market that sleeps.
  void ask_pages() {
    http_get(io_, options_.url, options_.tls, "/readyz", kPageTimeout, [this](const HttpAnswer& ready) {
      tell_page("/readyz", ready);
      http_get(io_, options_.url, options_.tls, "/actuator/health", kPageTimeout, [this](const HttpAnswer& health) {
        tell_page("/actuator/health", health);
        end(static_cast<int>(base::Exit::runtime));
      });
    });
  }

  void tell_page(const std::string& path, const HttpAnswer& answer) {
    const auto words = answer.status == 0
                           ? "no answer"
                           : fmt::format("{} {}", answer.status, fit(trimmed(answer.body), kMaxPage, true));
    tell({State::note, "server", fmt::format("{} says {}", path, words), lap_us()});
  }

  static std::string trimmed(const std::string& text) { return text.substr(0, text.find_last_not_of("\r\n ") + 1); }

  static std::string step_of(Stage stage) {
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

  void ok(const std::string& step, const std::string& detail) { tell({State::ok, step, detail, lap_us()}); }

  void fail(const std::string& step, const std::string& detail, const std::string& hint) {
    tell({State::fail, step, detail, lap_us(), hint});
  }

  void tell(const Diagnosis& diagnosis) {
    const auto width = base::width(STDOUT_FILENO, kWidthUnknown);
    write_line(STDOUT_FILENO,
               as_json_ ? as_json(diagnosis) : in_words(diagnosis, width, base::colour(STDOUT_FILENO)));
  }

  std::int64_t lap_us() {
    const auto now = Clock::now();
    return std::chrono::duration_cast<std::chrono::microseconds>(now - std::exchange(lap_, now)).count();
  }

  void end(int exit_code) {
    if (std::exchange(ended_, true)) return;
    exit_code_ = exit_code;
    if (!client_->is_open()) return io_.stop();
    client_->close(1000);
  }

  static constexpr std::size_t kMaxPage = 160;

  const Options& options_;
  const bool as_json_ = options_.json || !base::is_terminal(STDOUT_FILENO);
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer patience_;
  std::unique_ptr<ws::Client> client_;
  PriceTable table_;
  Acceptance acceptance_;
  std::string awaited_ = "welcome";
  Clock::time_point lap_ = Clock::now();
  int exit_code_ = 0;
  bool ended_ = false;
};

}  // namespace

int run_doctor(const Options& options) {
  return run_command<Doctor>(options);
}

}  // namespace wsf::wsclient
