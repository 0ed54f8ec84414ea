#pragma once
// The flags that say by which tokens and API keys clients may connect.

#include "auth/key_store.hpp"
#include "base/settings.hpp"

#include <chrono>

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

}  // namespace wsfanout
