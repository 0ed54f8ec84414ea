#pragma once
// What the prompt understands and sends, in the protocols that have one: those in which names are subscribed by
// messages. Pure data and functions; any thread.

#include "base/result.hpp"
#include "wsclient/dialect.hpp"
#include "wsclient/price_table.hpp"
#include "wsclient/request.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

struct PromptLanguage {
  using Names = std::vector<std::string>;

  Instrument instrument;
  std::string_view place;     // of a name, in the list of commands: "PAIR"
  std::string_view examples;  // "EURUSD USDJPY"
  base::Result<Names> (*parse_names)(const Names& words);
  // The points to resume from are for those of the names that have one, where the protocol has such points.
  std::string (*subscribe)(const Names& names, const Extras& extras,
                           const std::vector<protocol::ResumePoint>& resume);
  std::string (*unsubscribe)(const Names& names);
  std::string (*ping)();                    // is answered by a message of type "pong"
  std::span<const char* const> best_known;  // names, for completion
};

const PromptLanguage& rates_language();
// nullptr: the protocol has no prompt.
const PromptLanguage* prompt_language(Protocol protocol);

}  // namespace wsf::wsclient
