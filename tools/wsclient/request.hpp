#pragma once
// What the client says in the fx-rates protocol. Pure; any thread.

#include "base/result.hpp"
#include "protocol/fx_rates.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

struct Extras {
  bool snapshot = false;                             // the last known price of each pair at once
  bool meta = false;                                 // each update with its place in the log
  bool status = false;                               // word of pairs that fall silent, and are back
  std::optional<double> max_rate_hz = std::nullopt;  // at most so many updates a second of each pair
};

// The pairs must be valid, and those of `resume` be among them.
std::string subscribe_request(const std::vector<std::string>& pairs, Extras extras,
                              const std::vector<protocol::ResumePoint>& resume = {});
std::string unsubscribe_request(const std::vector<std::string>& pairs);
std::string ping_request();

// Six capital letters each; the error says which word is wrong and what may have been meant. Words are also split at
// commas, empty ones left out, and each pair is taken once.
base::Result<std::vector<std::string>> parse_pairs(const std::vector<std::string>& words);

}  // namespace wsf::wsclient
