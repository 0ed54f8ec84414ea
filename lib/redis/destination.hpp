#pragma once
// The flags by which a tool names its Redis: --redis, --redis-password and --redis-password-file, --redis-tls-ca,
// --redis-tls-cert and --redis-tls-key, with REDIS_PASSWORD from the environment.

#include "base/settings.hpp"
#include "net/client_tls.hpp"
#include "redis/options.hpp"

#include <string>
#include <string_view>

namespace wsf::redis {

class DestinationFlags {
 public:
  // Adds the flags under that heading of --help; `purpose` says what Redis is for, and whether help begins with
  // capitals. `url_name`: a name that --redis has in the environment; empty: none of its own. Settings must outlive
  // this, and this the parsing.
  DestinationFlags(base::Settings& settings, const std::string& heading, const std::string& purpose,
                   const std::string& url_name = "REDIS_URL");
  DestinationFlags(const DestinationFlags&) = delete;
  DestinationFlags& operator=(const DestinationFlags&) = delete;

  // When the settings have their values. A password of its own setting wins over that in the URL. Throws
  // base::StartupError(usage); a password in a URL on the command line is refused. With `other_flag`: that setting,
  // of the value `other_url`, counts where --redis is not set.
  Options resolve(std::string_view other_flag = {}, const std::string& other_url = {}) const;

 private:
  std::string password() const;

  base::Settings& settings_;
  std::string url_ = "redis://127.0.0.1:6379";
  std::string password_, password_file_;
  net::TlsFiles tls_;
};

}  // namespace wsf::redis
