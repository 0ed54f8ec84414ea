#pragma once
// The words after a command, as its protocol understands them. Pure; any thread.

#include "wsclient/options.hpp"

#include <optional>
#include <string>
#include <vector>

namespace wsf::wsclient {

// fx-rates: pairs; trading: an assessment, or none; notify: none; quotes and quotes-patch: symbols. Fills these in;
// the text of a usage error, or nothing. Command and dialect must be set.
std::optional<std::string> take_names(const std::vector<std::string>& words, Options& options);

// --fields, of quotes and quotes-patch: the text of a usage error, or nothing.
std::optional<std::string> wrong_fields(const Options& options);

}  // namespace wsf::wsclient
