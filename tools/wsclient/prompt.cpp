#include "base/clock.hpp"
#include "base/random_source.hpp"
#include "base/terminal.hpp"
#include "wsclient/commands.hpp"
#include "wsclient/input_ready.hpp"
#include "wsclient/line_editor.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/output.hpp"
#include "wsclient/prompt_session.hpp"
#include "wsclient/terminal_screen.hpp"
#include "wsclient/time_text.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <deque>

namespace wsf::wsclient {
namespace {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;
using Kind = PromptCommand::Kind;

constexpr std::size_t kMaxLineBytes = 64 * 1024;  // of a command from a script: the server takes no more either

// Commands come from the line editor or, without a terminal, from the lines of stdin. Those that need the server wait
// until the connection stands, in their order.
class Prompt final : private LinkEvents {
 public:
  explicit Prompt(const Options& options)
      : options_(options),
        link_(io_, link_options(options, options.reconnect), base::random_source(), *this),
        signals_(io_, SIGINT, SIGTERM, SIGHUP),
        patience_(io_),
        input_(io_, STDIN_FILENO),
        raw_output_(options.json || !base::is_terminal(STDOUT_FILENO)),
        session_(extras(), *prompt_language(options.dialect->protocol)) {
    signals_.add(SIGQUIT);
    signals_.add(SIGWINCH);
    if (!options.fields.empty()) link_.set_query("fields=" + options.fields);
  }

  int run() {
    await_signal();
    link_.start();
    try {
      io_.run();
    } catch (...) {
      editor_.reset();  // the terminal as it was, before the error is told
      throw;
    }
    editor_.reset();
    if (!last_words_.empty()) complain(last_words_);
    return exit_code_;
  }

 private:
  bool is_interactive() const { return base::is_terminal(STDIN_FILENO) && !raw_output_; }

  Extras extras() const {
    return {.snapshot = options_.snapshot || is_interactive(),
            .meta = options_.meta || is_interactive(),
            .status = options_.status,
            .max_rate_hz = options_.max_rate_hz};
  }

  void on_up() override {
    if (greeted_) return on_up_again();
    greeted_ = true;
    if (is_interactive() && !is_dumb_terminal()) start_editor();
    if (editor_) say(fmt::format("connected to {}; help lists the commands", options_.url.text()));
    await_input();
  }

  void on_up_again() {
    const auto again = session_.resubscription(options_.resume);
    if (!again) return complain_of("connected again");
    complain_of(fmt::format("connected again, subscribing again to {}",
                            pairs_text(session_.subscribed(), session_.language().instrument)));
    link_.send(*again);
  }

  void on_message(std::string_view raw) override {
    const auto now_us = base::epoch_us();
    const auto words = session_.on_message(raw, local_time(now_us), now_us);
    if (raw_output_)
      write_line(STDOUT_FILENO, as_one_line(raw));
    else if (!words.empty())
      say(words);
    if (!editor_ && session_.was_refused()) exit_code_ = static_cast<int>(base::Exit::refused);
    const bool counted = options_.count && session_.table().updates() >= *options_.count;
    if (counted || (input_ended_ && !has_more_to_do())) finish(0);
  }

  void on_waiting(const Outcome& why, std::chrono::milliseconds wait) override {
    session_.disconnected();
    const auto words =
        fmt::format("{}; trying again in {:.1f} s", why.line, static_cast<double>(wait.count()) / 1000);
    complain_of(words);
  }

  void on_over(const Outcome& why) override {
    if (!finishing_) {
      exit_code_ = static_cast<int>(why.exit);
      last_words_ = why.line;
    }
    io_.stop();
  }

  void start_editor() {
    LineEditor::Events events;
    events.on_line = [this](const std::string& line) { obey(line); };
    events.on_end = [this] { end_of_input(); };
    events.complete = [this](std::string_view text) { return complete_prompt(text, session_.known_names()); };
    editor_ = std::make_unique<LineEditor>("wsclient> ", history_path(), std::move(events));
  }

  void await_input() {
    if (finishing_ || input_ended_) return;
    input_.wait([this] {
      if (editor_)
        editor_->read_key();
      else
        read_lines();
      await_input();
    });
  }

  void read_lines() {
    char bytes[4096];
    const auto count = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (count < 0) return on_read_error(errno);
    if (count == 0) {
      if (!unread_.empty()) obey(std::exchange(unread_, {}));
      return end_of_input();
    }
    unread_.append(bytes, static_cast<std::size_t>(count));
    for (auto end = unread_.find('\n'); end != std::string::npos && !finishing_; end = unread_.find('\n')) {
      obey(unread_.substr(0, end));
      unread_.erase(0, end + 1);
    }
    if (unread_.size() > kMaxLineBytes) {
      last_words_ = fmt::format("a line of stdin is longer than {} bytes", kMaxLineBytes);
      finish(static_cast<int>(base::Exit::usage));
    }
  }

  void on_read_error(int error) {
    if (error == EINTR || error == EAGAIN) return;
    last_words_ = fmt::format("cannot read stdin: {}", std::strerror(error));
    finish(static_cast<int>(base::Exit::runtime));
  }

  // A script's end: what it asked for is still answered, and a subscription goes on.
  void end_of_input() {
    input_ended_ = true;
    if (editor_ || !has_more_to_do()) return finish(0);
    if (!session_.has_subscription()) arm_patience();
  }

  bool has_more_to_do() const { return session_.awaits_answers() || session_.has_subscription(); }

  void arm_patience() {
    patience_.expires_after(std::chrono::duration_cast<Clock::duration>(options_.timeout));
    patience_.async_wait([this](error_code ec) {
      if (ec || finishing_) return;
      last_words_ = "the server did not answer everything";
      finish(static_cast<int>(base::Exit::runtime));
    });
  }

  void obey(const std::string& line) {
    const auto command = parse_prompt_command(line, session_.language());
    if (!command) {
      if (!editor_) exit_code_ = static_cast<int>(base::Exit::usage);
      return complain_of(command.error().message);
    }
    switch (command->kind) {
      case Kind::nothing:
        return;
      case Kind::help:
        return say(prompt_help(session_.language()));
      case Kind::stats:
        return say(statistics());
      case Kind::quit:
        return quit();
      default:
        send(*command);
    }
  }

  // A script's quit waits for the answers to what stands before it.
  void quit() {
    if (editor_ || !session_.awaits_answers()) return finish(exit_code_);
    session_.forget_subscriptions();
    end_of_input();
  }

  void send(const PromptCommand& command) {
    if (!link_.is_up()) return complain_of(fmt::format("not sent: {}", link_.state()));
    if (!link_.send(session_.request_of(command, base::epoch_us())))
      complain_of("not sent: the server takes nothing");
  }

  std::string statistics() const {
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun_);
    return fmt::format("{}, {}\n{}", options_.url.text(), link_.state(),
                       summary_line(session_.table(), elapsed.count(), link_.reconnects()));
  }

  // Words for people: never among the messages of a pipe.
  void say(const std::string& text) {
    if (editor_) return editor_->print_above(text);
    write_line(raw_output_ ? STDERR_FILENO : STDOUT_FILENO, text);
  }

  void complain_of(const std::string& text) { editor_ ? say(text) : complain(text); }

  void await_signal() {
    signals_.async_wait([this](error_code ec, int number) {
      if (ec) return;
      on_signal(number);
      await_signal();
    });
  }

  void on_signal(int number) {
    if (number == SIGWINCH) {
      if (editor_) editor_->resized();
      return;
    }
    if (number == SIGINT && editor_ && editor_->discard_line()) return;
    if (finishing_) return io_.stop();
    if (!link_.was_up()) last_words_ = interrupted_connect(options_.url);
    finish(128 + number);
  }

  void finish(int exit_code) {
    if (finishing_) return;
    finishing_ = true;
    exit_code_ = exit_code != 0 ? exit_code : exit_code_;
    input_.cancel();
    link_.finish();
  }

  const Options& options_;
  boost::asio::io_context io_{1};
  Link link_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer patience_;
  InputReady input_;
  const bool raw_output_;
  PromptSession session_;
  std::unique_ptr<LineEditor> editor_;
  std::string unread_;
  const Clock::time_point begun_ = Clock::now();
  std::string last_words_;
  int exit_code_ = 0;
  bool greeted_ = false;
  bool input_ended_ = false;
  bool finishing_ = false;
};

}  // namespace

int run_prompt(const Options& options) {
  if (!prompt_language(options.dialect->protocol))
    base::refuse(fmt::format("the prompt speaks fx-rates and quotes alone; try wsclient --protocol {} subscribe",
                             options.dialect->name));
  return run_command<Prompt>(options);
}

}  // namespace wsf::wsclient
