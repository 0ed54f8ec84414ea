#pragma once
// What the client says in the fx-rates protocol. Pure; any thread.

#include "base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

struct Extras {
  bool snapshot = false;  // the last known price of each pair at once
  bool meta = false;      // each update with its place in the log
};

// The pairs must be valid.
std::string subscribe_request(const std::vector<std::string>& pairs, Extras extras);
std::string unsubscribe_request(const std::vector<std::string>& pairs);
std::string ping_request();

// Six capital letters each; the error says which word is wrong and what may have been meant. Words are also split at
// commas, empty ones left out, and each pair is taken once.
base::Result<std::vector<std::string>> parse_pairs(const std::vector<std::string>& words);

}  // namespace wsf::wsclient
