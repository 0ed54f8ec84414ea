#include "base/clock.hpp"
#include "base/random_source.hpp"
#include "base/terminal.hpp"
#include "base/units.hpp"
#include "wsclient/commands.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/output.hpp"
#include "wsclient/stream.hpp"
#include "wsclient/terminal_screen.hpp"
#include "wsclient/update_view.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>

namespace wsf::wsclient {
namespace {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;

// What is state is shown as a table; of the others each message counts.
bool is_table(Protocol protocol) {
  return protocol == Protocol::fx_rates || protocol == Protocol::quotes_patch;
}

class Subscription final : private LinkEvents {
 public:
  explicit Subscription(const Options& options)
      : options_(options),
        link_(io_, link_options(options, options.reconnect), base::random_source(), *this),
        signals_(io_, SIGINT, SIGTERM, SIGHUP),
        update_deadline_(io_),
        duration_(io_),
        sign_of_life_(io_) {
    signals_.add(SIGQUIT);
    choose_view();
    link_.set_query(stream_->query());
  }

  int run() {
    await_signal();
    link_.start();
    show_until_over();
    if (!last_words_.empty()) complain(last_words_);
    if (tells_summary_ && verifies()) return conclude();
    if (tells_summary_) write_line(STDERR_FILENO, summary());
    return exit_code_;
  }

 private:
  bool verifies() const { return options_.command == Options::Command::verify; }

  // A hole that nobody accounts for is worth more than how the run ended.
  int conclude() const {
    const auto verdict = stream_->verdict(elapsed_ms());
    write_line(STDOUT_FILENO, as_json_ ? verdict.json : verdict.line);
    const bool broken = verdict.exit == base::Exit::threshold_missed;
    return broken || exit_code_ == 0 ? static_cast<int>(verdict.exit) : exit_code_;
  }

  void show_until_over() {
    try {
      view_->start();
      io_.run();
      view_->leave();
    } catch (...) {
      view_.reset();  // the terminal as it was, before the error is told
      throw;
    }
  }

  void choose_view() {
    const bool lines = !as_json_ && !verifies() && !options_.document;
    const bool table = lines && is_table(dialect_.protocol) && !is_dumb_terminal();
    stream_ = make_stream(options_, {.as_table = table, .in_words = lines && !table});
    if (verifies())
      view_ = make_finding_lines(as_json_);
    else if (as_json_ && !options_.document)
      view_ = make_message_lines();
    else if (table)
      view_ = make_live_table(io_, *stream_->table(), link_, [this] { finish(0, true); });
    else
      view_ = make_update_lines();
  }

  void on_up() override {
    const auto asking = stream_->on_up();
    if (!asking.request.empty()) link_.send(asking.request);
    if (!asking.told.empty()) view_->tell(asking.told);
    if (!dialect_.sign_of_life.empty()) arm_sign_of_life();
    if (!started_ && options_.count) arm_update_deadline();
    if (!started_ && options_.duration) arm_duration();
    started_ = true;
  }

  void on_message(std::string_view raw) override {
    if (finishing_) return;
    const auto heard = stream_->take(raw, base::epoch_us());
    view_->show(raw, heard);
    if (heard.found) view_->found(*heard.found);
    if (!heard.told.empty()) view_->tell(heard.told);
    if (!heard.reply.empty()) link_.send(heard.reply);
    if (heard.refused) return on_refused(*heard.refused, heard.found.has_value());
    if (heard.is_update && options_.count) count_update();
  }

  void on_refused(const Outcome& why, bool by_a_finding) {
    last_words_ = why.line;
    finish(static_cast<int>(why.exit), by_a_finding || stream_->updates() > 0);
  }

  void count_update() {
    if (stream_->updates() >= *options_.count) return finish(0, verifies());
    arm_update_deadline();
  }

  void on_waiting(const Outcome& why, std::chrono::milliseconds wait) override {
    sign_of_life_.cancel();
    link_.set_query(stream_->query());
    view_->waiting(why, wait);
  }

  void on_over(const Outcome& why) override {
    if (!finishing_) {
      exit_code_ = static_cast<int>(why.exit);
      last_words_ = why.line;
      tells_summary_ = started_;
    }
    io_.stop();
  }

  void arm_update_deadline() {
    update_deadline_.expires_after(options_.timeout);
    update_deadline_.async_wait([this](error_code ec) {
      if (ec || finishing_) return;
      last_words_ = fmt::format("no {} within {} ({} of {} received; --timeout waits longer)", dialect_.update,
                                base::format_duration(options_.timeout), stream_->updates(), *options_.count);
      finish(static_cast<int>(base::Exit::runtime), verifies());
    });
  }

  // The server ends a connection on which neither side says anything.
  void arm_sign_of_life() {
    sign_of_life_.expires_after(kSignOfLife);
    sign_of_life_.async_wait([this](error_code ec) {
      if (ec || finishing_) return;
      link_.send(std::string(dialect_.sign_of_life));
      arm_sign_of_life();
    });
  }

  void arm_duration() {
    duration_.expires_after(options_.duration->value);
    duration_.async_wait([this](error_code ec) {
      if (!ec) finish(0, true);
    });
  }

  void await_signal() {
    signals_.async_wait([this](error_code ec, int number) {
      if (ec) return;
      if (finishing_) return io_.stop();  // a second one does not wait for the closing handshake
      if (!link_.was_up()) last_words_ = interrupted_connect(options_.url);
      const bool wanted = verifies() && number == SIGINT && link_.was_up();
      finish(wanted ? 0 : 128 + number, link_.was_up());
      await_signal();
    });
  }

  void finish(int exit_code, bool tells_summary) {
    if (finishing_) return;
    finishing_ = true;
    duration_.cancel();
    sign_of_life_.cancel();
    exit_code_ = exit_code;
    tells_summary_ = tells_summary;
    view_->leave();
    link_.finish();
  }

  std::int64_t elapsed_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_).count();
  }

  std::string summary() const { return stream_->summary(elapsed_ms(), link_.reconnects()); }

  static constexpr std::chrono::seconds kSignOfLife{60};  // WEBSOCKET_IDLE_TIMEOUT is 300 s unless it is set

  const Options& options_;
  const Dialect& dialect_ = *options_.dialect;
  const bool as_json_ = options_.json || !base::is_terminal(STDOUT_FILENO);
  boost::asio::io_context io_{1};
  std::unique_ptr<Stream> stream_;
  Link link_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer update_deadline_;
  boost::asio::steady_timer duration_;
  boost::asio::steady_timer sign_of_life_;
  std::unique_ptr<UpdateView> view_;
  const Clock::time_point begun_ = Clock::now();
  std::string last_words_;
  int exit_code_ = 0;
  bool started_ = false;
  bool finishing_ = false;
  bool tells_summary_ = false;
};

}  // namespace

int run_subscribe(const Options& options) {
  return run_command<Subscription>(options);
}

}  // namespace wsf::wsclient
