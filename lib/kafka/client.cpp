#include "kafka/client.hpp"

#include "base/exit_codes.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>

namespace wsf::kafka {
namespace {

spdlog::level::level_enum level_of(int syslog_level) {
  if (syslog_level <= 3) return spdlog::level::err;
  if (syslog_level == 4) return spdlog::level::warn;
  return syslog_level <= 6 ? spdlog::level::info : spdlog::level::debug;
}

ClientWatcher& watcher_of(void* opaque) {
  return *static_cast<ClientWatcher*>(opaque);
}

void on_log(const rd_kafka_t* client, int level, const char* cause, const char* text) {
  // A log line of rd_kafka_new() itself comes without a client.
  if (client != nullptr && rd_kafka_opaque(client) != nullptr) {
    // "Cannot connect" of a broker that is down is told once, by whoever watches the broker; here it is a detail.
    watcher_of(rd_kafka_opaque(client)).log(level, cause, text);
  } else {
    spdlog::log(level_of(level), "kafka: {}", text);
  }
}

void on_error(rd_kafka_t*, int error, const char* reason, void* opaque) {
  watcher_of(opaque).on_error(static_cast<rd_kafka_resp_err_t>(error), reason);
}

void on_commit(rd_kafka_t*, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t*, void* opaque) {
  watcher_of(opaque).on_commit(error);
}

void on_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  watcher_of(opaque).on_delivery(*message);
}

void set(rd_kafka_conf_t& conf, const std::string& key, const std::string& value, std::string_view where) {
  std::array<char, 512> error{};
  if (rd_kafka_conf_set(&conf, key.c_str(), value.c_str(), error.data(), error.size()) == RD_KAFKA_CONF_OK) return;
  throw base::StartupError(base::Exit::usage, fmt::format("{} {}: {}", where, key, error.data()));
}

ConfPtr make_conf(rd_kafka_type_t type, const ConnectionOptions& options, const Properties& role,
                  const Properties& fixed, ClientWatcher& watcher) {
  ConfPtr conf(rd_kafka_conf_new());
  for (const auto& [key, value] : connection_properties(options)) set(*conf, key, value, "Kafka property");
  for (const auto& [key, value] : role) set(*conf, key, value, "Kafka property");
  for (const auto& [key, value] : user_properties(options)) {
    const auto ours = std::find_if(fixed.begin(), fixed.end(), [&k = key](const auto& f) { return f.first == k; });
    if (ours == fixed.end()) {
      set(*conf, key, value, "--kafka-conf");
    } else if (ours->second != value) {
      spdlog::warn("--kafka-conf {}={} is not taken: this program needs {}", key, value, ours->second);
    }
  }
  for (const auto& [key, value] : fixed) set(*conf, key, value, "Kafka property");
  rd_kafka_conf_set_opaque(conf.get(), &watcher);
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  if (type == RD_KAFKA_CONSUMER) rd_kafka_conf_set_offset_commit_cb(conf.get(), on_commit);
  if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
  return conf;
}

}  // namespace

void ClientWatcher::log(int syslog_level, const std::string& cause, const std::string& text) {
  const auto level = level_of(syslog_level);
  if (level == spdlog::level::debug) return spdlog::debug("kafka: {} {}", cause, text);
  const auto kept_back = limiter_.allow(cause, LogLimiter::Clock::now());
  if (!kept_back) return;
  if (*kept_back == 0) {
    spdlog::log(level, "kafka: {}", text);
  } else {
    spdlog::log(level, "kafka: {} ({} more alike since the last such line)", text, *kept_back);
  }
}

ClientPtr make_client(rd_kafka_type_t type, const ConnectionOptions& options, const Properties& role,
                      const Properties& fixed, ClientWatcher& watcher) {
  ConfPtr conf = make_conf(type, options, role, fixed, watcher);
  std::array<char, 512> error{};
  ClientPtr client(rd_kafka_new(type, conf.get(), error.data(), error.size()));
  if (!client) throw base::StartupError(base::Exit::usage, fmt::format("Kafka client refused: {}", error.data()));
  static_cast<void>(conf.release());  // the client owns it now
  return client;
}

}  // namespace wsf::kafka
