// The command line, by CLI11.
#include "base/nearest.hpp"
#include "base/settings_state.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace wsf::base {
namespace {

std::vector<std::string> command_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    names.push_back(command->get_name());
  return names;
}

}  // namespace

Settings::State::State(std::string program_name, const std::string& description, std::string prefix)
    : program(std::move(program_name)),
      env_prefix(std::move(prefix)),
      cli(std::make_unique<CLI::App>(description, program)) {
  cli->set_help_flag("-h,--help", "Show this help");
  cli->set_version_flag("--version", "Show the version");
  cli->fallthrough();
}

Settings::State::~State() = default;

void Settings::State::declare(Setting::Record& record, const std::string& flags) {
  if (is_switch(record.target)) {
    record.option = cli->add_flag(flags);
    record.option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    return;
  }
  record.option = cli->add_option(flags);
  record.option->type_size(1)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  record.option->allow_extra_args(false);
}

void Settings::State::read_arguments(int argc, const char* const* argv) {
  std::vector<std::string> arguments(argv + std::min(1, argc), argv + argc);
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    // CLI11 would take the next argument as the value, which nobody means.
    if (argument.starts_with("--") && argument.find('=') == argument.size() - 1)
      throw UsageError{fmt::format("{} needs a value after =; see {} --help", argument, program)};
  }
  std::reverse(arguments.begin(), arguments.end());
  try {
    cli->parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    throw Answer{help()};
  } catch (const CLI::CallForVersion&) {
    throw Answer{fmt::format("{} {}\n{}", program, WSF_VERSION, libraries)};
  } catch (const CLI::ParseError& error) {
    refuse(error);
  }
}

void Settings::State::take_flags() {
  refuse_swallowed_flags();
  for (Setting::Record& record : records) {
    if (record.option->count() == 0) continue;
    if (!record.on_command_line)
      throw UsageError{
          fmt::format("--{}: arguments are shown to every user of this machine; set {} or name it in --config",
                      record.name, record.environment.front())};
    set(record, record.option->results(), "--" + record.name, {Source::flag, "--" + record.name});
  }
}

// "--host --port 1": CLI11 takes "--port" as the host.
void Settings::State::refuse_swallowed_flags() {
  for (const Setting::Record& record : records) {
    if (is_switch(record.target)) continue;
    for (const std::string& text : record.option->results())
      if (text.starts_with("--") && find(std::string_view(text).substr(2)) != nullptr)
        throw UsageError{
            fmt::format("--{} needs a value, but {} follows it; see {} --help", record.name, text, program)};
  }
}

std::string Settings::State::unexpected(const std::vector<std::string>& left) const {
  const auto is_flag = [](const std::string& word) { return word.size() > 1 && word[0] == '-'; };
  const auto flag = std::find_if(left.begin(), left.end(), is_flag);
  if (flag != left.end()) {
    std::vector<std::string> known{"--help", "--version"};
    for (const Setting::Record& record : records) known.push_back("--" + record.name);
    const std::string name = flag->substr(0, flag->find('='));
    return fmt::format("unknown flag {}{}", name, did_you_mean(name, known));
  }
  const std::vector<std::string> commands = command_names(*cli);
  const bool is_command = !commands.empty() && cli->get_subcommands().empty();
  return fmt::format("{} \"{}\"{}", is_command ? "unknown command" : "unexpected argument", left.front(),
                     is_command ? did_you_mean(left.front(), commands) : "");
}

void Settings::State::refuse(const CLI::ParseError& error) {
  refuse_swallowed_flags();
  std::string what = error.what();
  if (const std::vector<std::string> left = cli->remaining(true); !left.empty())
    what = unexpected(left);
  else if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr)
    what = what.substr(0, what.find(':')) + " needs a value";
  std::replace(what.begin(), what.end(), '\n', ' ');
  throw UsageError{fmt::format("{}; see {} --help", what, program)};
}

}  // namespace wsf::base
