#include "base/clock.hpp"
#include "base/terminal.hpp"
#include "wsclient/input_ready.hpp"
#include "wsclient/output.hpp"
#include "wsclient/table_view.hpp"
#include "wsclient/terminal_screen.hpp"
#include "wsclient/update_view.hpp"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <signal.h>
#include <unistd.h>

namespace wsf::wsclient {
namespace {

using boost::system::error_code;

constexpr std::chrono::milliseconds kRepaint{100};
constexpr int kWidthUnknown = 80;
constexpr int kHeightUnknown = 24;

class LiveTable final : public UpdateView {
 public:
  LiveTable(boost::asio::io_context& io, const PriceTable& table, const Link& link, std::function<void()> on_quit)
      : table_(table),
        link_(link),
        on_quit_(std::move(on_quit)),
        timer_(io),
        terminal_signals_(io, SIGWINCH, SIGTSTP),
        keys_(io, STDIN_FILENO) {}

  void start() override {
    screen_.enter();
    await_signal();
    if (base::is_terminal(STDIN_FILENO)) await_key();
    repaint();
  }

  void show(std::string_view raw, const Heard& heard) override {
    if (!heard.understood) note_ = "not understood: " + std::string(raw.substr(0, kMaxNote));
  }

  void tell(const std::string& words) override { note_ = words; }

  void waiting(const Outcome&, std::chrono::milliseconds) override {}  // the header tells

  void leave() override {
    timer_.cancel();
    terminal_signals_.cancel();
    keys_.cancel();
    if (!screen_.entered()) return;
    screen_.leave();
    if (table_.updates() == 0 && note_.empty()) return;  // dashes tell nothing
    auto look = look_now();
    look.height = kNoLimit;
    const auto now_us = base::epoch_us();
    const auto header = header_lines(table_, figures(), look).size();
    const auto lines = table_lines(table_, figures(), note_, look, now_us);
    for (auto i = header; i < lines.size(); ++i) write_line(STDOUT_FILENO, lines[i]);
  }

 private:
  static constexpr std::size_t kMaxNote = 500;
  static constexpr int kNoLimit = 1'000'000;

  static Look look_now() {
    return {.width = base::width(STDOUT_FILENO, kWidthUnknown),
            .height = TerminalScreen::height(kHeightUnknown),
            .colour = base::colour(STDOUT_FILENO),
            .unicode = takes_unicode()};
  }

  LinkFigures figures() const { return {link_.url().text(), link_.state(), link_.is_up(), link_.reconnects()}; }

  void repaint() {
    screen_.paint(table_lines(table_, figures(), note_, look_now(), base::epoch_us()));
    timer_.expires_after(kRepaint);
    timer_.async_wait([this](error_code ec) {
      if (!ec) repaint();
    });
  }

  void await_signal() {
    terminal_signals_.async_wait([this](error_code ec, int number) {
      if (ec) return;
      if (number == SIGTSTP) suspend();
      screen_.forget();
      await_signal();
    });
  }

  // Ctrl-Z: the shell gets its terminal as it was; after fg the picture is painted again.
  void suspend() {
    screen_.leave();
    ::raise(SIGSTOP);
    screen_.enter();
  }

  void await_key() {
    keys_.wait([this] {
      char key = 0;
      if (::read(STDIN_FILENO, &key, 1) != 1) return;
      if (key == 'q' || key == 'Q') return on_quit_();
      await_key();
    });
  }

  const PriceTable& table_;
  const Link& link_;
  std::function<void()> on_quit_;
  boost::asio::steady_timer timer_;
  boost::asio::signal_set terminal_signals_;
  InputReady keys_;
  TerminalScreen screen_;
  std::string note_;
};

}  // namespace

std::unique_ptr<UpdateView> make_live_table(boost::asio::io_context& io, const PriceTable& table, const Link& link,
                                            std::function<void()> on_quit) {
  return std::make_unique<LiveTable>(io, table, link, std::move(on_quit));
}

}  // namespace wsf::wsclient
