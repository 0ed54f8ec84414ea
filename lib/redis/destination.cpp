#include "redis/destination.hpp"

#include "base/exit_codes.hpp"

#include <fmt/format.h>

#include <cctype>

namespace wsf::redis {
namespace {

// With a capital where the purpose has one.
std::string help(std::string text, const std::string& purpose) {
  if (std::isupper(static_cast<unsigned char>(purpose.front())) != 0) {
    text.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(text.front())));
  }
  return text;
}

}  // namespace

DestinationFlags::DestinationFlags(base::Settings& settings, const std::string& heading, const std::string& purpose,
                                   const std::string& url_name)
    : settings_(settings) {
  base::Setting& url = settings_.add(
      "--redis", url_, purpose + ", redis://[USER@]HOST[:PORT][/DB], rediss:// for TLS; else this machine's");
  url.secret().type("URL").group(heading);
  if (!url_name.empty()) url.env(url_name);
  settings_.add("--redis-password", password_, help("its password", purpose))
      .env("REDIS_PASSWORD")
      .secret()
      .not_on_command_line()
      .type("PASSWORD")
      .group(heading);
  settings_.add("--redis-password-file", password_file_, help("a file with its password", purpose))
      .type("FILE")
      .group(heading);
  settings_
      .add("--redis-tls-ca", tls_.ca,
           help("authorities that its certificate must be of; by default the system's", purpose))
      .type("FILE")
      .group(heading);
  settings_.add("--redis-tls-cert", tls_.cert, help("a certificate to show to it", purpose))
      .type("FILE")
      .group(heading);
  settings_.add("--redis-tls-key", tls_.key, help("the key of that; by default in the same file", purpose))
      .type("FILE")
      .group(heading);
}

std::string DestinationFlags::password() const {
  if (password_file_.empty()) return password_;
  return settings_.text_in("redis-password-file", password_file_, kMaxPasswordBytes);
}

Options DestinationFlags::resolve(std::string_view other_flag, const std::string& other_url) const {
  const bool other = settings_.is_default("redis") && !other_url.empty();
  const std::string_view flag = other ? other_flag : "redis";
  Options options = settings_.value_of(flag, parse_redis_url(other ? other_url : url_));
  if (!options.password.empty() && settings_.on_command_line(flag))
    base::refuse(fmt::format(
        "{}: a process list shows the password to every user; put it into a file (--redis-password-file), "
        "or the URL into the environment",
        settings_.named(flag)));
  if (std::string own = password(); !own.empty()) options.password = std::move(own);
  options.client_name = settings_.program();
  if (options.tls) {
    options.tls = tls_;
    if (const auto files = net::ClientTls::read(tls_); !files) base::refuse("TLS to Redis: " + files.error().message);
  } else if (!tls_.ca.empty() || !tls_.cert.empty() || !tls_.key.empty()) {
    base::refuse("files for TLS to Redis are given, but --redis is not rediss://");
  }
  return options;
}

}  // namespace wsf::redis
