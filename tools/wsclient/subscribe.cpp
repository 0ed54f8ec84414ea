#include "base/clock.hpp"
#include "base/random_source.hpp"
#include "base/terminal.hpp"
#include "base/units.hpp"
#include "wsclient/acceptance.hpp"
#include "wsclient/commands.hpp"
#include "wsclient/conclusion.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/output.hpp"
#include "wsclient/request.hpp"
#include "wsclient/terminal_screen.hpp"
#include "wsclient/update_view.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace wsf::wsclient {
namespace {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;

class Subscription final : private LinkEvents {
 public:
  explicit Subscription(const Options& options)
      : options_(options),
        link_(io_, link_options(options, options.reconnect), base::random_source(), *this),
        signals_(io_, SIGINT, SIGTERM, SIGHUP),
        update_deadline_(io_),
        duration_(io_) {
    signals_.add(SIGQUIT);
    for (const auto& pair : options.pairs) table_.watch(pair);
    choose_view();
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
    const auto& check = table_.check();
    write_line(STDOUT_FILENO, as_json_ ? conclusion_json(check) : conclusion_line(check, elapsed_ms()));
    const bool broken = exit_of(check) == base::Exit::threshold_missed;
    return broken || exit_code_ == 0 ? static_cast<int>(exit_of(check)) : exit_code_;
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
    const bool table = !as_json_ && !verifies() && !is_dumb_terminal();
    if (verifies())
      view_ = make_finding_lines(as_json_);
    else if (as_json_)
      view_ = make_message_lines();
    else if (table)
      view_ = make_live_table(io_, table_, link_, [this] { finish(0, true); });
    else
      view_ = make_update_lines();
    extras_ = {.snapshot = options_.snapshot || table,
               .meta = options_.meta || options_.resume || table || verifies(),
               .status = options_.status || table,
               .max_rate_hz = options_.max_rate_hz};
  }

  void on_up() override {
    acceptance_ = Acceptance(options_.pairs.size());
    const auto last = options_.resume ? table_.check().positions(options_.pairs) : ResumePoints{};
    table_.reconnected();
    link_.send(subscribe_request(options_.pairs, extras_, last));
    if (!started_ && options_.count) arm_update_deadline();
    if (!started_ && options_.duration) arm_duration();
    started_ = true;
  }

  void on_message(std::string_view raw) override {
    if (finishing_) return;
    const auto message = parse_server_message(raw);
    const auto finding = message ? table_.take(*message, base::epoch_us()) : std::nullopt;
    view_->show(raw, message ? &*message : nullptr);
    if (finding) view_->found(*finding);
    if (message) follow(*message);
    if (message && message->update && options_.count) count_update();
  }

  void follow(const ServerMessage& message) {
    switch (acceptance_.on_message(message)) {
      case Acceptance::News::nothing:
        return;
      case Acceptance::News::accepted:
        return on_accepted(message);
      case Acceptance::News::complaint:
        return view_->tell(fmt::format("the server says: {}", fit(message.message, kMaxWords, true)));
      case Acceptance::News::refused:
        return on_refused(refused_subscription(message));
    }
  }

  void on_accepted(const ServerMessage& message) {
    if (link_.reconnects() == 0) return;
    const auto& pairs = message.pairs.empty() ? options_.pairs : message.pairs;
    const auto& answers = message.recovered;
    const bool all =
        answers.size() == pairs.size() && std::ranges::all_of(answers, [](const auto& a) { return a.second; });
    view_->tell(fmt::format("connected again, subscribed again to {}{}", pairs_text(pairs),
                            all ? ", and nothing was missed" : ""));
  }

  void on_refused(const Outcome& why) {
    last_words_ = why.line;
    finish(static_cast<int>(why.exit), table_.updates() > 0);
  }

  void count_update() {
    if (table_.updates() >= *options_.count) return finish(0, verifies());
    arm_update_deadline();
  }

  void on_waiting(const Outcome& why, std::chrono::milliseconds wait) override { view_->waiting(why, wait); }

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
      last_words_ = fmt::format("no update within {} ({} of {} received; --timeout waits longer)",
                                base::format_duration(options_.timeout), table_.updates(), *options_.count);
      finish(static_cast<int>(base::Exit::runtime), verifies());
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
    exit_code_ = exit_code;
    tells_summary_ = tells_summary;
    view_->leave();
    link_.finish();
  }

  std::int64_t elapsed_ms() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_).count();
  }

  std::string summary() const { return summary_line(table_, elapsed_ms(), link_.reconnects()); }

  using ResumePoints = std::vector<protocol::ResumePoint>;

  const Options& options_;
  const bool as_json_ = options_.json || !base::is_terminal(STDOUT_FILENO);
  boost::asio::io_context io_{1};
  PriceTable table_;
  Link link_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer update_deadline_;
  boost::asio::steady_timer duration_;
  std::unique_ptr<UpdateView> view_;
  Acceptance acceptance_{0};
  Extras extras_;
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
