#include "redis/destination.hpp"

#include "base/exit_codes.hpp"
#include "base/text_file.hpp"
#include "base/trimmed.hpp"

#include <fmt/format.h>

#include <cctype>

namespace wsf::redis {
namespace {

[[noreturn]] void refuse(const std::string& line) {
  throw base::StartupError(base::Exit::usage, line);
}

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
  const auto text = base::read_text_file(password_file_, kMaxPasswordBytes);
  if (!text)
    refuse(fmt::format("{} {}: {}", settings_.named("redis-password-file"), password_file_, text.error().message));
  return std::string(base::trimmed(*text, base::kBlanksAndLineEnds));
}

Options DestinationFlags::resolve(std::string_view other_flag, const std::string& other_url) const {
  const bool other = settings_.is_default("redis") && !other_url.empty();
  const std::string_view flag = other ? other_flag : "redis";
  auto options = parse_redis_url(other ? other_url : url_);
  if (!options) refuse(fmt::format("{}: {}", settings_.named(flag), options.error().message));
  if (!options->password.empty() && settings_.origin(flag).source == base::Source::flag)
    refuse(fmt::format(
        "{}: a process list shows the password to every user; put it into a file (--redis-password-file), "
        "or the URL into the environment",
        settings_.named(flag)));
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
