// What --help and --print-config show.
#include "base/config_file.hpp"
#include "base/help_page.hpp"
#include "base/hidden_arguments.hpp"
#include "base/settings_state.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace wsf::base {
namespace {

using Record = Setting::Record;

constexpr std::size_t kMaxOriginColumn = 48;

HelpEntry entry_of(const Record& record) {
  HelpEntry entry;
  entry.left =
      record.short_name.empty() ? "    --" + record.name : fmt::format("-{}, --{}", record.short_name, record.name);
  if (!is_switch(record.target)) entry.left += " " + (record.type.empty() ? type_name(record.target) : record.type);
  entry.text = record.help;
  if (!record.allowed.one_of.empty()) entry.text += fmt::format(": {}", fmt::join(record.allowed.one_of, ", "));
  if (!record.on_command_line) entry.text += " (environment or file only)";
  if (!record.default_text.empty() && !is_switch(record.target) && !record.secret)
    entry.notes.push_back("default " + record.default_text);
  if (record.in_environment)
    entry.notes.insert(entry.notes.end(), record.environment.begin(), record.environment.end());
  return entry;
}

std::vector<const CLI::Option*> positionals(const CLI::App& app) {
  return app.get_options([](const CLI::Option* option) { return option->get_positional(); });
}

std::vector<const CLI::App*> commands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// "PAIR..." for a positional that takes many, "[PAIR]" for one that may be left out.
std::string positional_name(const CLI::Option& option) {
  std::string name = option.get_name(true);
  if (option.get_items_expected_max() > 1) name += "...";
  return option.get_required() ? name : "[" + name + "]";
}

std::string usage_of(const CLI::App& app, const std::string& program) {
  std::string usage = program;
  if (app.get_parent() != nullptr) usage += " " + app.get_name();
  usage += " [OPTIONS]";
  for (const CLI::Option* option : positionals(app)) usage += " " + positional_name(*option);
  if (!commands(app).empty()) usage += app.get_require_subcommand_min() > 0 ? " COMMAND" : " [COMMAND]";
  return usage;
}

// Positionals, sub-commands, and the flags that a tool gave to its sub-command alone.
std::vector<HelpGroup> groups_of(const CLI::App& app) {
  HelpGroup arguments{"Arguments", {}};
  for (const CLI::Option* option : positionals(app))
    arguments.entries.push_back({option->get_name(true), option->get_description(), {}});
  HelpGroup below{"Commands", {}};
  for (const CLI::App* command : commands(app))
    below.entries.push_back({command->get_name(), command->get_description(), {}});
  HelpGroup own{"Options of " + app.get_name(), {}};
  if (app.get_parent() != nullptr)
    for (const CLI::Option* option : app.get_options([](const CLI::Option* o) { return !o->get_positional(); }))
      if (option != app.get_help_ptr())
        own.entries.push_back({option->get_name(false, true), option->get_description(), {}});
  return {arguments, below, own};
}

const CLI::App& chosen_command(const CLI::App& top) {
  const CLI::App* app = &top;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
  return *app;
}

// KEY=VALUE of a client library whose key says that the value is secret.
bool holds_secret(std::string_view item) {
  const std::size_t equals = item.find('=');
  return equals != item.npos && names_secret(item.substr(0, equals));
}

// As file lines. What must not or cannot be said, or does not count, stands in a comment, so that the whole stays a
// valid file.
std::vector<std::string> lines_of(const Record& record) {
  const auto comment = [&](const std::string& value) { return fmt::format("# {} ={}", record.name, value); };
  const auto line = [&](const std::string& value) {
    const char* mark = record.gives_way_to.empty() ? "" : "# ";
    return fmt::format("{}{} = {}", mark, record.name, config_value(value));
  };
  const auto text = shown(record.target);
  if (!text) return {comment("")};
  if (record.secret) return {comment(text->empty() ? "" : " ***")};
  if (!is_list(record.target) || record.allowed.split_commas) return {line(*text)};
  std::vector<std::string> lines;
  for (const std::string& item : shown_items(record.target))
    lines.push_back(holds_secret(item) ? comment(" " + item.substr(0, item.find('=') + 1) + "***") : line(item));
  return lines.empty() ? std::vector{comment("")} : lines;
}

// The comment behind a line. A path may hold anything, a comment no end of a line.
std::string remark_of(const Record& record) {
  std::string text = to_text(record.origin);
  if (!record.gives_way_to.empty()) text += fmt::format(", gives way to {}", record.gives_way_to);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r'; }, '?');
  return text;
}

}  // namespace

std::string Settings::State::help() const {
  const CLI::App& app = chosen_command(*cli);
  HelpPage page{app.get_description(), usage_of(app, program), groups_of(app), examples};
  const auto group_named = [&page](const std::string& heading) -> HelpGroup& {
    for (HelpGroup& group : page.groups)
      if (group.heading == heading) return group;
    page.groups.push_back({heading, {}});
    return page.groups.back();
  };
  for (const Record* record : in_print_order()) {
    HelpGroup& group = group_named(record->group);
    if (record->group == "Common" && group.entries.empty()) {
      group.entries.push_back({"-h, --help", "Show this help", {}});
      group.entries.push_back({"    --version", "Show the version", {}});
    }
    group.entries.push_back(entry_of(*record));
  }
  return render(page);
}

std::string Settings::State::configuration() const {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const Record* record : in_print_order()) {
    if (!record->in_file) continue;
    for (std::string& line : lines_of(*record)) lines.emplace_back(std::move(line), remark_of(*record));
  }
  std::size_t column = 0;
  for (const auto& [line, remark] : lines) column = std::max(column, std::min(line.size(), kMaxOriginColumn));
  std::string out;
  for (const auto& [line, remark] : lines) out += fmt::format("{:<{}}  # {}\n", line, column, remark);
  return out;
}

}  // namespace wsf::base
