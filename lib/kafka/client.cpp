#include "kafka/client.hpp"

#include "base/exit_codes.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <future>
#include <thread>

namespace wsf::kafka {
namespace {

spdlog::level::level_enum level_of(int syslog_level) {
  if (syslog_level <= 3) return spdlog::level::err;
  if (syslog_level == 4) return spdlog::level::warn;
  return syslog_level <= 6 ? spdlog::level::info : spdlog::level::debug;
}

ClientWatcher& watcher_of(void* opaque) {
  return *static_cast<ClientContext*>(opaque)->watcher;
}

// "[thrd:NAME]: text": the library's thread is no news to a reader.
std::string_view without_thread(std::string_view text) {
  const std::size_t end = text.find("]: ");
  return text.starts_with("[thrd:") && end != std::string_view::npos ? text.substr(end + 3) : text;
}

void on_log(const rd_kafka_t* client, int level, const char* cause, const char* text) {
  // A line of rd_kafka_new() itself may come without a client; what it refuses it returns as well.
  if (client == nullptr || rd_kafka_opaque(client) == nullptr) return spdlog::debug("kafka: {}", text);
  log_of(*client).write(level, cause, without_thread(text));
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

// The library's own way, but for the gate. The socket does not block.
int connect_if_allowed(int socket, const sockaddr* address, int address_bytes, const char*, void* opaque) {
  if (!static_cast<ClientContext*>(opaque)->may_connect.load(std::memory_order_relaxed)) return ECANCELED;
  if (::connect(socket, address, static_cast<socklen_t>(address_bytes)) == 0 || errno == EINPROGRESS) return 0;
  return errno;
}

void set(rd_kafka_conf_t& conf, const std::string& key, const std::string& value, std::string_view where) {
  std::array<char, 512> error{};
  if (rd_kafka_conf_set(&conf, key.c_str(), value.c_str(), error.data(), error.size()) == RD_KAFKA_CONF_OK) return;
  base::refuse(fmt::format("{} {}: {}", where, key, error.data()));
}

void set_users(rd_kafka_conf_t& conf, const Properties& users, const Properties& fixed) {
  for (const auto& [key, value] : users) {
    const auto ours = std::find_if(fixed.begin(), fixed.end(), [&k = key](const auto& f) { return f.first == k; });
    if (ours == fixed.end()) {
      set(conf, key, value, "--kafka-conf");
    } else if (ours->second != value) {
      spdlog::warn("--kafka-conf {}={} is not taken: this program needs {}", key, value, ours->second);
    }
  }
}

ConfPtr make_conf(rd_kafka_type_t type, const ConnectionOptions& options, const Properties& role,
                  const Properties& fixed) {
  ConfPtr conf(rd_kafka_conf_new());
  for (const auto& [key, value] : connection_properties(options)) set(*conf, key, value, "Kafka property");
  for (const auto& [key, value] : role) set(*conf, key, value, "Kafka property");
  set_users(*conf, user_properties(options), fixed);
  for (const auto& [key, value] : fixed) set(*conf, key, value, "Kafka property");
  rd_kafka_conf_set_log_cb(conf.get(), on_log);
  rd_kafka_conf_set_error_cb(conf.get(), on_error);
  if (type == RD_KAFKA_CONSUMER) {
    rd_kafka_conf_set_offset_commit_cb(conf.get(), on_commit);
    rd_kafka_conf_set_connect_cb(conf.get(), connect_if_allowed);
  }
  if (type == RD_KAFKA_PRODUCER) rd_kafka_conf_set_dr_msg_cb(conf.get(), on_delivery);
  return conf;
}

// The library's default mechanism is Kerberos, of which nobody thinks who only forgot to name one.
std::string refusal(std::string_view words) {
  if (words.find("sasl.kerberos") != std::string_view::npos) {
    return "Kafka client: SASL without a mechanism (--kafka-conf sasl.mechanism=PLAIN, or another)";
  }
  return fmt::format("Kafka client: {}", words);
}

ClientPtr new_client(rd_kafka_type_t type, ConfPtr conf, ClientWatcher& watcher, bool quiet) {
  auto context = std::make_unique<ClientContext>(watcher, quiet);
  rd_kafka_conf_set_opaque(conf.get(), context.get());
  std::array<char, 512> error{};
  rd_kafka_t* client = rd_kafka_new(type, conf.get(), error.data(), error.size());
  if (client == nullptr) base::refuse(refusal(error.data()));
  static_cast<void>(conf.release());  // the client has both now
  static_cast<void>(context.release());
  return ClientPtr(client);
}

}  // namespace

// Up to 2.6.0 the library's second message of SCRAM holds a wrong nonce (RFC 5802, section 5.1), which Kafka
// before 4.0 let pass.
std::string explained(std::string_view words) {
  constexpr int kScramMended = 0x020601ff;
  const bool scram = words.find("invalid credentials with SASL mechanism SCRAM") != std::string_view::npos;
  if (!scram || rd_kafka_version() >= kScramMended) return std::string(words);
  return fmt::format("{} (with Kafka 4 {} fails so even when the password is right: 2.6.1 is needed)", words,
                     library_version());
}

ClientLog& log_of(const rd_kafka_t& client) {
  return static_cast<ClientContext*>(rd_kafka_opaque(&client))->log;
}

void let_connect(const rd_kafka_t& consumer, bool may) {
  static_cast<ClientContext*>(rd_kafka_opaque(&consumer))->may_connect = may;
}

void ClientLog::write(int syslog_level, std::string_view cause, std::string_view text) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  const auto level = level_of(syslog_level);
  if (level == spdlog::level::debug || quiet_) {
    return spdlog::debug("kafka: {} {}", cause, text);
  }
  const auto kept_back = limiter_.allow(cause, base::LogLimiter::Clock::now());
  if (!kept_back) return;
  const std::string words = explained(text);
  if (*kept_back == 0) {
    spdlog::log(level, "kafka: {}", words);
  } else {
    spdlog::log(level, "kafka: {} ({} more alike since the last such line)", words, *kept_back);
  }
}

void ClientLog::set_quiet(bool quiet) {
  const std::lock_guard lock(mutex_);
  quiet_ = quiet;
}

void ClientLog::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

void ClientEnd::operator()(rd_kafka_t* client) const {
  auto* context = static_cast<ClientContext*>(rd_kafka_opaque(client));
  context->log.close();
  std::promise<void> promise;
  auto ended = promise.get_future();
  std::thread end([client, context, done = std::move(promise)]() mutable {
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
    delete context;
    done.set_value();
  });
  if (ended.wait_for(kPatience) == std::future_status::ready) {
    end.join();
  } else {
    end.detach();
  }
}

ClientPtr make_client(rd_kafka_type_t type, const ConnectionOptions& options, const Properties& role,
                      const Properties& fixed, ClientWatcher& watcher, bool quiet) {
  return new_client(type, make_conf(type, options, role, fixed), watcher, quiet);
}

std::string library_version() {
  return fmt::format("librdkafka {}", rd_kafka_version_str());
}

void check_connection(const ConnectionOptions& options, ClientKind kind) {
  const auto type = kind == ClientKind::consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER;
  const Properties role = kind == ClientKind::consumer ? Properties{{"group.id", "check"}} : Properties{};
  ConfPtr conf = make_conf(type, options, role, {});
  rd_kafka_conf_set(conf.get(), "bootstrap.servers", nullptr, nullptr, 0);  // nowhere to connect to
  ClientWatcher nobody;
  new_client(type, std::move(conf), nobody, true);
}

}  // namespace wsf::kafka
