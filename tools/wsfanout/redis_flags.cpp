#include "redis_flags.hpp"

#include "base/exit_codes.hpp"
#include "base/text_file.hpp"
#include "base/trimmed.hpp"

namespace wsfanout {
namespace {

constexpr const char* kGroup = "Redis";

[[noreturn]] void refuse(const std::string& line) {
  throw wsf::base::StartupError(wsf::base::Exit::usage, line);
}

}  // namespace

RedisFlags::RedisFlags(wsf::base::Settings& settings) : settings_(settings) {
  settings_.add("--redis", url_, "Redis, for what needs one: redis://[USER@]HOST[:PORT][/DB], rediss:// for TLS")
      .secret()
      .type("URL")
      .group(kGroup);
  settings_.add("--redis-password", password_, "Its password")
      .env("REDIS_PASSWORD")
      .secret()
      .not_on_command_line()
      .type("PASSWORD")
      .group(kGroup);
  settings_.add("--redis-password-file", password_file_, "File with its password").type("FILE").group(kGroup);
  settings_.add("--redis-tls-ca", tls_.ca, "Authorities that Redis' certificate must be of; by default the system's")
      .type("FILE")
      .group(kGroup);
  settings_.add("--redis-tls-cert", tls_.cert, "Certificate that we show to Redis").type("FILE").group(kGroup);
  settings_.add("--redis-tls-key", tls_.key, "Its key; by default in the same file").type("FILE").group(kGroup);
}

std::string RedisFlags::password() const {
  if (password_file_.empty()) return password_;
  auto text = wsf::base::read_text_file(password_file_, wsf::redis::kMaxPasswordBytes);
  if (!text) refuse(settings_.named("redis-password-file") + ": " + password_file_ + ": " + text.error().message);
  return std::string(wsf::base::trimmed(*text, wsf::base::kBlanksAndLineEnds));
}

wsf::redis::Options RedisFlags::options(std::string_view own_flag, const std::string& own_url) const {
  const bool own = settings_.is_default("redis") && !own_url.empty();
  const std::string_view flag = own ? own_flag : "redis";
  auto redis = wsf::redis::parse_redis_url(own ? own_url : url_);
  if (!redis) refuse(settings_.named(flag) + ": " + redis.error().message);
  if (!redis->password.empty() && settings_.origin(flag).source == wsf::base::Source::flag) {
    refuse(settings_.named(flag) +
           ": a process list shows the password to every user; put it into a file (--redis-password-file), or the "
           "URL into WSFANOUT_REDIS");
  }
  if (const std::string other = password(); !other.empty()) redis->password = other;
  if (redis->tls) {
    redis->tls = tls_;
    const auto files = wsf::net::ClientTls::read(tls_);
    if (!files) refuse("TLS to Redis: " + files.error().message);
  } else if (!tls_.ca.empty() || !tls_.cert.empty() || !tls_.key.empty()) {
    refuse("files for TLS to Redis are given, but --redis is not rediss://");
  }
  return *redis;
}

}  // namespace wsfanout
