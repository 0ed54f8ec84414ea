#pragma once
// A connection to Redis that is kept: opened again with growing waits when it is lost, greeted with what the options
// say (AUTH, SELECT, CLIENT SETNAME), watched for silence. Everything happens on the thread that runs the io_context.
// For this folder's .cpp files only.

#include "base/backoff.hpp"
#include "base/log_limiter.hpp"
#include "redis/connection.hpp"
#include "redis/options.hpp"
#include "redis/reply.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::redis {

// Called on the io_context's thread, never from within a call of the Link's own functions but lose().
class LinkEvents {
 public:
  virtual void on_up() = 0;  // commands may be written
  virtual void on_reply(Reply reply) = 0;
  virtual void on_read() {}                          // after the replies of what one read gave
  virtual void on_written() {}                       // nothing waits to be written any more
  virtual void on_silence() = 0;                     // nothing came for a while: write a command that is answered
  virtual void on_down(const std::string& why) = 0;  // after on_up(); also instead of it, for each failed attempt

 protected:
  ~LinkEvents() = default;
};

class Link final : private ConnectionEvents {
 public:
  static constexpr std::chrono::seconds kHeld{10};  // a connection that lived so long starts the backoff anew
  static constexpr std::size_t kMaxWhyBytes = 200;

  // `random`: in [0, 1), for the waits. Throws base::StartupError (usage) with what is wrong with the TLS files.
  Link(boost::asio::io_context& io, const Options& options, std::function<double()> random, LinkEvents& events);

  void start();  // once
  void stop();   // for good; no event comes after it

  void write(std::string_view bytes) { connection_->write(bytes); }  // while up
  bool writing() const { return connection_ && connection_->writing(); }
  bool up() const { return state_ == State::up; }

  // This connection is of no use: end it and begin anew. Calls on_down().
  void lose(const std::string& why);

 private:
  enum class State { waiting, opening, greeting, up, stopped };
  using Clock = std::chrono::steady_clock;

  void open();
  void on_deadline(boost::system::error_code ec);
  void watch(std::chrono::milliseconds wait);
  void take_greeting(const Reply& reply);
  void fail(const std::string& said);

  void on_open() override;
  void on_reply(Reply reply) override;
  void on_read() override;
  void on_written() override;
  void on_ended(const std::string& why) override { fail(why); }

  const Options options_;
  const std::shared_ptr<const net::ClientTls> tls_;
  LinkEvents& events_;
  boost::asio::io_context& io_;
  base::Backoff backoff_;
  base::LogLimiter log_;
  std::optional<Connection> connection_;
  boost::asio::steady_timer timer_;
  State state_ = State::waiting;
  std::size_t greetings_left_ = 0;
  bool heard_ = false;  // since the timer was set
  bool asked_ = false;  // for a sign of life
  Clock::time_point up_since_{};
};

}  // namespace wsf::redis
