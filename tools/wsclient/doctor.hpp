#pragma once
// Goes the way of a client step by step, and tells of each when it is done; the first that fails is the last. What
// comes after the upgrade depends on the protocol. On the io_context's thread.

#include "ws/client.hpp"
#include "wsclient/diagnosis.hpp"
#include "wsclient/http_get.hpp"
#include "wsclient/options.hpp"
#include "wsclient/outcome.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace wsf::wsclient {

class Doctor : private ws::ClientEvents {
 public:
  explicit Doctor(const Options& options);
  virtual ~Doctor() = default;

  int run();  // once; the exit code

 protected:
  // What the connection is asked for by its URL.
  virtual std::string query() const { return {}; }
  virtual void on_upgraded() = 0;
  virtual void examine(std::string_view raw) = 0;
  // What is known although nothing came; "": nothing.
  virtual std::string instead_of_update() const { return {}; }

  const Options& options() const { return options_; }
  bool awaits(std::string_view step) const { return awaited_ == step; }
  // For what comes next; without it the step fails, with these words.
  void await(const std::string& step, const std::string& what, const std::string& hint);
  void await_update();
  void ok(const std::string& step, const std::string& detail);
  void note(const std::string& step, const std::string& detail);
  void fail(const std::string& step, const Outcome& why);  // and ends
  void send(std::string text) { client_->send(std::move(text)); }
  void end(int exit_code);

 private:
  void on_passed(ws::ConnectFailure::Stage stage, const std::string& what) override;
  void on_open() override;
  void on_text(std::string_view raw) override {
    if (!ended_) examine(raw);
  }
  void on_failed(const ws::ConnectFailure& failure) override;
  void on_closed(const ws::Closed& closed) override;

  void on_impatient(const std::string& what, const std::string& hint);
  void ask_page(std::size_t index);
  void tell(Diagnosis diagnosis);

  const Options& options_;
  const bool as_json_;
  boost::asio::io_context io_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer patience_;
  std::unique_ptr<ws::Client> client_;
  std::string awaited_ = "upgrade";
  std::chrono::steady_clock::time_point lap_ = std::chrono::steady_clock::now();
  int exit_code_ = 0;
  bool ended_ = false;
};

}  // namespace wsf::wsclient
