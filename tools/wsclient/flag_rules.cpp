#include "wsclient/flag_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace wsf::wsclient {
namespace {

using Command = Options::Command;

struct Place {
  const char* flag;
  std::vector<Command> commands;
  const char* names;
};

struct Home {
  const char* flag;
  std::vector<Protocol> protocols;
  const char* names;
};

// A flag on the command line that means nothing to the protocol; the text of a usage error, or nothing.
std::optional<std::string> foreign_flag(const base::Settings& settings, const Dialect& dialect) {
  using enum Protocol;
  const auto keeps_nothing = fmt::format("fx-rates and trading: of {} nothing is kept", dialect.name);
  for (const auto& [flag, protocols, names] : {
           Home{"--snapshot", {fx_rates, quotes}, "fx-rates and quotes"},
           Home{"--status", {fx_rates}, "fx-rates"},
           Home{"--max-rate", {fx_rates}, "fx-rates"},
           Home{"--meta", {fx_rates, trading}, keeps_nothing.c_str()},
           Home{"--no-resume", {fx_rates, trading}, keeps_nothing.c_str()},
           Home{"--fields", {quotes, quotes_patch}, "quotes and quotes-patch"},
           Home{"--compact", {quotes_patch}, "quotes-patch"},
           Home{"--document", {quotes_patch}, "quotes-patch"},
       })
    if (settings.on_command_line(flag) && std::ranges::find(protocols, dialect.protocol) == protocols.end())
      return fmt::format("{} belongs to {}", flag, names);
  return std::nullopt;
}

}  // namespace

std::optional<std::string> misplaced_flag(const base::Settings& settings, const Options& options) {
  for (const auto& [flag, commands, names] : {
           Place{"--interval", {Command::ping}, "ping"},
           Place{"--frame", {Command::ping}, "ping"},
           Place{"--file", {Command::verify}, "verify"},
           Place{"--duration", {Command::subscribe, Command::verify}, "subscribe and verify"},
           Place{"--document", {Command::subscribe}, "subscribe"},
       })
    if (settings.on_command_line(flag) && std::ranges::find(commands, options.command) == commands.end())
      return fmt::format("{} belongs to {}", flag, names);
  return foreign_flag(settings, *options.dialect);
}

}  // namespace wsf::wsclient
