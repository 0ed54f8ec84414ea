#pragma once
// The flags that say by which tokens and API keys clients may connect.

#include "auth/key_store.hpp"
#include "base/settings.hpp"

#include <chrono>
#include <string>
#include <string_view>

namespace wsfanout {

class TokenFlags {
 public:
  explicit TokenFlags(wsf::base::Settings& settings);

  // After Settings::parse().
  wsf::auth::KeySources keys() const;

 private:
  wsf::auth::KeySources keys_;
  wsf::base::Duration leeway_{std::chrono::seconds(30)};
};

// Of a protocol that lets nobody in without a token, where no key is set for all protocols: its own secret, of this
// algorithm. Throws base::StartupError(usage) without either; `secret_name` is what the secret has in the
// environment.
void require_keys(wsf::auth::KeySources& keys, std::string_view protocol, const std::string& secret,
                  std::string_view secret_name = "JWT_SECRET", const std::string& algorithm = "HS256");

}  // namespace wsfanout
