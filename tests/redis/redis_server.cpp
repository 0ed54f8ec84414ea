#include "redis_server.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string_view>

namespace wsf::redis {
namespace {

std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(fd, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(fd);
  return ntohs(address.sin_port);
}

pid_t spawn(std::vector<std::string> words, int output) {
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  pid_t pid = -1;
  const int failed = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return failed == 0 ? pid : -1;
}

// Reads what it says until it serves; false: it ended instead.
bool says_ready(int fd) {
  std::string said;
  char buffer[4096];
  while (said.find("Ready to accept connections") == std::string::npos) {
    const auto size = ::read(fd, buffer, sizeof buffer);
    if (size <= 0) return false;
    said.append(buffer, static_cast<std::size_t>(size));
  }
  return true;
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> extra, Line line) : extra_(std::move(extra)), line_(line) {
  constexpr int kAttempts = 5;  // another process may have taken the port meanwhile
  for (int i = 0; i < kAttempts && pid_ < 0; ++i) {
    port_ = free_port();
    if (!try_start()) stop();
  }
  if (pid_ < 0) ADD_FAILURE() << "cannot start redis-server (scripts/install-packages test)";
}

RedisServer::~RedisServer() {
  stop();
}

bool RedisServer::try_start() {
  std::vector<std::string> words{
      "redis-server", "--port", std::to_string(port_), "--bind",      "127.0.0.1", "--save", "", "--appendonly",
      "no",           "--dir",  folder_.path(),        "--daemonize", "no"};
  if (line_ == Line::tls) words.insert(words.end(), {"--port", "0", "--tls-port", std::to_string(port_)});
  words.insert(words.end(), extra_.begin(), extra_.end());
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return false;
  pid_ = spawn(words, ends[1]);
  ::close(ends[1]);
  const bool ready = pid_ > 0 && says_ready(ends[0]);
  // Its log goes nowhere from here on: redis-server ignores SIGPIPE.
  ::close(ends[0]);
  return ready;
}

void RedisServer::start() {
  if (!try_start()) ADD_FAILURE() << "redis-server does not start again";
}

void RedisServer::stop() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::pause() {
  ::kill(pid_, SIGSTOP);
}
void RedisServer::resume() {
  ::kill(pid_, SIGCONT);
}

Options RedisServer::options() const {
  Options options;
  options.port = port_;
  options.reconnect = {std::chrono::milliseconds{20}, std::chrono::milliseconds{100}};
  return options;
}

}  // namespace wsf::redis
