#pragma once
// A librdkafka client with this project's configuration and logging. For this folder's .cpp files only.

#include "base/log_limiter.hpp"
#include "kafka/connection.hpp"
#include "kafka/librdkafka.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace wsf::kafka {

// What a client tells besides its results: called inside the poll of the client's queues. Must outlive the client.
class ClientWatcher {
 public:
  virtual ~ClientWatcher() = default;
  virtual void on_error(rd_kafka_resp_err_t, const char* /*reason*/) {}
  virtual void on_commit(rd_kafka_resp_err_t) {}
  virtual void on_delivery(const rd_kafka_message_t&) {}
};

// The log of one client, ours and the library's: at most one line for each cause in 30 s. Any thread.
class ClientLog {
 public:
  explicit ClientLog(bool quiet) : quiet_(quiet) {}
  void write(int syslog_level, std::string_view cause, std::string_view text);
  void set_quiet(bool quiet);  // only at level debug
  // No line after this has returned: a client that outlives the program's end must not meet its logger.
  void close();

 private:
  base::LogLimiter limiter_;
  std::mutex mutex_;  // held while a line is written
  bool quiet_;
  bool closed_ = false;
};

// The library's words, with what they hide where that is known.
std::string explained(std::string_view words);

// What the library's opaque pointer leads to.
struct ClientContext {
  ClientContext(ClientWatcher& w, bool quiet) : watcher(&w), log(quiet) {}
  ClientWatcher* watcher;
  ClientLog log;
  std::atomic<bool> may_connect{true};
};

ClientLog& log_of(const rd_kafka_t& client);

// Whether a consumer's library may open connections; it tries on either way, and is told that they failed. What is
// open stays open. Any thread.
void let_connect(const rd_kafka_t& consumer, bool may);

// Ends a client without the library's own closing of a consumer, which waits for the broker's answers. Destroying may
// still wait for a commit that nobody will answer, until the socket's timeout: then it goes on behind our back.
struct ClientEnd {
  static constexpr std::chrono::milliseconds kPatience{600};
  void operator()(rd_kafka_t* client) const;
};
using ClientPtr = std::unique_ptr<rd_kafka_t, ClientEnd>;

// `role`: our properties of a consumer or producer, weaker than the user's. `fixed`: those that the code relies on; a
// user's value for one is left out with a warning. Throws base::StartupError(usage) with librdkafka's words.
ClientPtr make_client(rd_kafka_type_t, const ConnectionOptions&, const Properties& role, const Properties& fixed,
                      ClientWatcher&, bool quiet = false);

}  // namespace wsf::kafka
