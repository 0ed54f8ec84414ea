#include "redis/destination.hpp"

#include "base/exit_codes.hpp"
#include "base/text_file.hpp"
#include "base/trimmed.hpp"

#include <fmt/format.h>

namespace wsf::redis {
namespace {

[[noreturn]] void refuse(const std::string& line) {
  throw base::StartupError(base::Exit::usage, line);
}

}  // namespace

DestinationFlags::DestinationFlags(base::Settings& settings, const std::string& heading, const std::string& purpose)
    : settings_(settings) {
  settings_
      .add("--redis", url_, purpose + ", redis://[USER@]HOST[:PORT][/DB], rediss:// for TLS; else this machine's")
      .env("REDIS_URL")
      .secret()
      .type("URL")
      .group(heading);
  settings_.add("--redis-password", password_, "its password")
      .env("REDIS_PASSWORD")
      .secret()
      .not_on_command_line()
      .type("PASSWORD")
      .group(heading);
  settings_.add("--redis-password-file", password_file_, "a file with its password").type("FILE").group(heading);
  settings_.add("--redis-tls-ca", tls_.ca, "authorities that its certificate must be of; by default the system's")
      .type("FILE")
      .group(heading);
  settings_.add("--redis-tls-cert", tls_.cert, "a certificate to show to it").type("FILE").group(heading);
  settings_.add("--redis-tls-key", tls_.key, "the key of that; by default in the same file")
      .type("FILE")
      .group(heading);
}

std::string DestinationFlags::password() const {
  if (password_file_.empty()) return password_;
  const auto text = base::read_text_file(password_file_, kMaxPasswordBytes);
  if (!text)
    refuse(fmt::format("{} {}: {}", settings_.named("redis-password-file"), password_file_, text.error().message));
  return std::string(base::trimmed(*text, base::kBlanksAndLineEnds));
}

Options DestinationFlags::resolve() const {
  auto options = parse_redis_url(url_);
  if (!options) refuse(fmt::format("{}: {}", settings_.named("redis"), options.error().message));
  if (!options->password.empty() && settings_.origin("redis").source == base::Source::flag)
    refuse(
        "--redis: a process list shows the password to every user; put it into a file (--redis-password-file), or "
        "the URL into REDIS_URL");
  if (std::string own = password(); !own.empty()) options->password = std::move(own);
  options->client_name = settings_.program();
  if (options->tls) {
    options->tls = tls_;
    if (const auto files = net::ClientTls::read(tls_); !files) refuse("TLS to Redis: " + files.error().message);
  } else if (!tls_.ca.empty() || !tls_.cert.empty() || !tls_.key.empty()) {
    refuse("files for TLS to Redis are given, but --redis is not rediss://");
  }
  return *std::move(options);
}

}  // namespace wsf::redis
