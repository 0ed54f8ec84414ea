#pragma once
// A real redis-server for one test: on a free port of the loopback, with its files in a folder of its own.

#include "fakes/scratch_folder.hpp"
#include "redis/options.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace wsf::redis {

class RedisServer {
 public:
  // `extra`: further arguments, as in {"--requirepass", "secret"}.
  enum class Line { plain, tls };
  explicit RedisServer(std::vector<std::string> extra = {}, Line line = Line::plain);
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  void stop();   // kills it
  void start();  // again, on the same port
  void pause();  // it stays connected, and does nothing
  void resume();

  std::uint16_t port() const { return port_; }
  Options options() const;  // how to reach it, with waits that suit a test

 private:
  bool try_start();

  ScratchFolder folder_;
  std::vector<std::string> extra_;
  Line line_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

}  // namespace wsf::redis
