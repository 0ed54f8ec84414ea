#pragma once
// The language of the interactive prompt. Pure; any thread.

#include "base/result.hpp"
#include "wsclient/prompt_language.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

struct PromptCommand {
  enum class Kind { nothing, subscribe, unsubscribe, ping, stats, raw, help, quit };
  Kind kind = Kind::nothing;
  std::vector<std::string> names;  // pairs or symbols, of subscribe and unsubscribe, at least one
  std::string text;                // of raw: what is sent as it is
};

// One line. A line that begins with "{" is sent as it is; one that is empty or begins with "#" is nothing. The error
// names the command that may have been meant.
base::Result<PromptCommand> parse_prompt_command(std::string_view line,
                                                 const PromptLanguage& language = rates_language());

// A line for each command, without a line break at the end.
std::string prompt_help(const PromptLanguage& language = rates_language());

// What the last word of `line` (up to the cursor) may become: command names for the first word, of `names` those not
// there yet for subscribe and unsubscribe. Sorted, each with the word as its beginning; small letters find names too.
std::vector<std::string> complete_prompt(std::string_view line, const std::vector<std::string>& names);

}  // namespace wsf::wsclient
