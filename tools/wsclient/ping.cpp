#include "base/random_source.hpp"
#include "base/terminal.hpp"
#include "base/units.hpp"
#include "wsclient/commands.hpp"
#include "wsclient/output.hpp"
#include "wsclient/ping_statistics.hpp"
#include "wsclient/server_message.hpp"
#include "wsclient/stream.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <deque>

namespace wsf::wsclient {
namespace {

using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxUnanswered = 1000;  // pings under way; a server that far behind gets no more

class Pinging final : private LinkEvents {
 public:
  explicit Pinging(const Options& options)
      : options_(options),
        link_(io_, link_options(options, false), base::random_source(), *this),
        signals_(io_, SIGINT, SIGTERM, SIGHUP),
        next_(io_),
        patience_(io_),
        as_json_(options.json || !base::is_terminal(STDOUT_FILENO)),
        by_frames_(options.frame || options.dialect->ping.empty()) {
    if (options.dialect->protocol == Protocol::quotes_patch) link_.set_query(make_stream(options, {})->query());
  }

  int run() {
    await_signal();
    link_.start();
    io_.run();
    if (!last_words_.empty()) complain(last_words_);
    if (statistics_.sent_count() > 0) print_statistics();
    return exit_code_;
  }

 private:
  struct Sent {
    std::uint64_t seq;
    Clock::time_point at;
  };

  void on_up() override {
    begun_ = Clock::now();
    send_next();
  }

  void on_message(std::string_view raw) override {
    const auto message = parse_server_message(raw);
    if (message && message->type == "pong" && !by_frames_) on_answer();
    if (message && message->type == "ping") link_.send(R"({"type":"pong"})");
    if (message && message->type == "error")
      complain(fmt::format("the server says: {}", as_one_line(message->message)));
  }

  // An empty payload belongs to the connection's own watch over silence.
  void on_pong(std::string_view payload) override {
    if (by_frames_ && !payload.empty()) on_answer();
  }

  void on_waiting(const Outcome&, std::chrono::milliseconds) override {}

  void on_over(const Outcome& why) override {
    if (!finishing_) {
      exit_code_ = static_cast<int>(why.exit);
      last_words_ = why.line;
    }
    io_.stop();
  }

  void send_next() {
    if (options_.count && statistics_.sent_count() >= *options_.count) return;
    if (unanswered_.size() < kMaxUnanswered) {
      const auto seq = statistics_.sent_count() + 1;
      const bool sent =
          by_frames_ ? link_.ping(std::to_string(seq)) : link_.send(std::string(options_.dialect->ping));
      if (sent) unanswered_.push_back({seq, Clock::now()});
      if (sent) statistics_.sent();
      if (unanswered_.size() == 1) arm_patience();
    }
    next_.expires_after(std::chrono::duration_cast<Clock::duration>(options_.interval));
    next_.async_wait([this](error_code ec) {
      if (!ec && !finishing_) send_next();
    });
  }

  // Answers come in the order of the questions: a WebSocket keeps it.
  void on_answer() {
    if (unanswered_.empty()) return;
    const auto asked = unanswered_.front();
    unanswered_.pop_front();
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - asked.at).count();
    statistics_.answered(us);
    print_answer(asked.seq, us);
    patience_.cancel();
    if (!unanswered_.empty()) return arm_patience();
    if (options_.count && statistics_.sent_count() >= *options_.count) finish();
  }

  // For the oldest question under way.
  void arm_patience() {
    patience_.expires_at(unanswered_.front().at + std::chrono::duration_cast<Clock::duration>(options_.timeout));
    patience_.async_wait([this](error_code ec) {
      if (ec || finishing_ || unanswered_.empty()) return;
      last_words_ =
          fmt::format("no answer to seq={} within {} (does the server speak {}? --frame pings any)",
                      unanswered_.front().seq, base::format_duration(options_.timeout), options_.dialect->name);
      finish();
    });
  }

  void await_signal() {
    signals_.async_wait([this](error_code ec, int number) {
      if (ec) return;
      if (finishing_) return io_.stop();
      on_signal(number);
      await_signal();
    });
  }

  // SIGINT is how a ping without --count ends.
  void on_signal(int number) {
    if (!link_.was_up()) last_words_ = interrupted_connect(options_.url);
    if (number == SIGINT && link_.was_up()) return finish();
    finish(128 + number);
  }

  // Like ping(8): answered is 0, else 1.
  void finish() { finish(static_cast<int>(statistics_.answered_count() > 0 ? base::Exit::ok : base::Exit::runtime)); }

  void finish(int exit_code) {
    finishing_ = true;
    exit_code_ = exit_code;
    ended_ = Clock::now();
    link_.finish();
  }

  void print_answer(std::uint64_t seq, std::int64_t us) {
    const double ms = static_cast<double>(us) / 1000;
    write_line(STDOUT_FILENO, as_json_ ? fmt::format(R"({{"type":"pong","from":"{}","seq":{},"time_ms":{:.3f}}})",
                                                     link_.peer(), seq, ms)
                                       : fmt::format("pong from {}: seq={} time={:.2f} ms", link_.peer(), seq, ms));
  }

  void print_statistics() {
    const auto ended = finishing_ ? ended_ : Clock::now();
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(ended - begun_).count();
    write_line(STDERR_FILENO,
               fmt::format("--- {} ping statistics ---\n{}", options_.url.text(), statistics_.text(elapsed)));
  }

  const Options& options_;
  boost::asio::io_context io_{1};
  Link link_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer next_;
  boost::asio::steady_timer patience_;
  const bool as_json_;
  const bool by_frames_;  // a protocol may have no message that is answered
  PingStatistics statistics_;
  std::deque<Sent> unanswered_;
  Clock::time_point begun_ = Clock::now();
  Clock::time_point ended_;
  std::string last_words_;
  int exit_code_ = 0;
  bool finishing_ = false;
};

}  // namespace

int run_ping(const Options& options) {
  return run_command<Pinging>(options);
}

}  // namespace wsf::wsclient
