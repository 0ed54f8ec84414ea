#pragma once
// A librdkafka client with this project's configuration and logging. For this folder's .cpp files only.

#include "kafka/connection.hpp"
#include "kafka/librdkafka.hpp"
#include "kafka/log_limiter.hpp"

#include <functional>
#include <string>

namespace wsf::kafka {

// What a client tells besides its results. Must outlive the client (librdkafka's opaque pointer leads here).
class ClientWatcher {
 public:
  virtual ~ClientWatcher() = default;
  // Called inside the poll of the client's queues.
  virtual void on_error(rd_kafka_resp_err_t, const char* /*reason*/) {}
  virtual void on_commit(rd_kafka_resp_err_t) {}
  virtual void on_delivery(const rd_kafka_message_t&) {}

  // At most one line for each cause in 30 s. Any thread.
  void log(int syslog_level, const std::string& cause, const std::string& text);

 private:
  LogLimiter limiter_;
};

// `role`: our properties of a consumer or producer, weaker than the user's. `fixed`: those that the code relies on; a
// user's value for one is left out with a warning. Throws base::StartupError(usage) with librdkafka's words.
ClientPtr make_client(rd_kafka_type_t, const ConnectionOptions&, const Properties& role, const Properties& fixed,
                      ClientWatcher&);

}  // namespace wsf::kafka
