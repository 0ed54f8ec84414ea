#pragma once
// The flags that say how to reach Redis, for the protocols that need it.

#include "base/settings.hpp"
#include "redis/options.hpp"

#include <string>
#include <string_view>

namespace wsfanout {

class RedisFlags {
 public:
  explicit RedisFlags(wsf::base::Settings& settings);

  // After Settings::parse(). A protocol has a setting of its own, `own_flag` with the value `own_url`, that counts
  // where --redis is not set. Throws base::StartupError(usage).
  wsf::redis::Options options(std::string_view own_flag, const std::string& own_url) const;

 private:
  std::string password() const;

  wsf::base::Settings& settings_;
  std::string url_ = "redis://127.0.0.1:6379";
  std::string password_, password_file_;
  wsf::net::TlsFiles tls_;
};

}  // namespace wsfanout
