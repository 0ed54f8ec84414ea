#pragma once
// Which flags mean something to which command, and to which protocol. At start-up, by the main thread.

#include "base/settings.hpp"
#include "wsclient/options.hpp"

#include <optional>
#include <string>

namespace wsf::wsclient {

// A flag on the command line that means nothing to the command, or to the protocol; the text of a usage error, or
// nothing. Command and dialect must be set.
std::optional<std::string> misplaced_flag(const base::Settings& settings, const Options& options);

}  // namespace wsf::wsclient
