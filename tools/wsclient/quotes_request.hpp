#pragma once
// What the client says in the quotes protocol, and the symbols of securities as people type them. Pure; any thread.

#include "base/result.hpp"

#include <string>
#include <vector>

namespace wsf::wsclient {

// The symbols must be valid. `snapshot`: the newest quote of each at once.
std::string subscribe_quotes_request(const std::vector<std::string>& symbols, bool snapshot);
std::string unsubscribe_quotes_request(const std::vector<std::string>& symbols);
std::string ping_quotes_request();

// base::is_symbol() each; the error says which word is wrong and what may have been meant. Words are also split at
// commas, empty ones left out, and each symbol is taken once.
base::Result<std::vector<std::string>> parse_symbols(const std::vector<std::string>& words);

}  // namespace wsf::wsclient
