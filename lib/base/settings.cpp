#include "base/settings.hpp"

#include "base/check.hpp"
#include "base/config_file.hpp"
#include "base/exit_codes.hpp"
#include "base/help_page.hpp"
#include "base/log.hpp"
#include "base/nearest.hpp"
#include "base/setting_value.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <deque>
#include <map>

namespace wsf::base {

struct Setting::Record {
  std::string name;        // "max-message"
  std::string short_name;  // "c", or empty
  SettingTarget target;
  std::string help;
  std::string type{};
  std::string group = "Options";
  std::vector<std::string> environment{};  // strongest first; [0] is PREFIX_<FLAG>
  Allowed allowed{};
  bool secret = false;
  bool in_file = true;
  bool in_environment = true;
  CLI::Option* option = nullptr;
  std::string default_text{};
  std::string origin = "default";
};

using Record = Setting::Record;

namespace {

// Ends parse() with one line on stderr.
struct UsageError {
  std::string line;
};
// Ends parse() with what stands on stdout.
struct Answer {
  std::string text;
};

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known, std::string_view before = "") {
  const auto guess = nearest(word, known);
  return guess ? fmt::format(" (did you mean {}{}?)", before, *guess) : "";
}

std::string environment_name(const std::string& prefix, std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c); });
  return prefix + "_" + name;
}

using Environment = std::map<std::string, std::string>;

Environment read_environment() {
  Environment all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != text.npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

// KEY=VALUE of a client library where the key says that the value is secret (sasl.password, ...).
bool holds_secret(std::string_view item) {
  const std::string_view key = item.substr(0, std::min(item.find('='), item.size()));
  for (const std::string_view word : {"password", "secret", "token", "jaas", "key.pem"})
    if (key.find(word) != key.npos && key.size() < item.size()) return true;
  return false;
}

}  // namespace

struct Settings::State {
  State(std::string program_name, const std::string& description, std::string prefix)
      : program(std::move(program_name)), env_prefix(std::move(prefix)), cli(description, program) {
    cli.set_help_flag("-h,--help", "Show this help");
    cli.set_version_flag("--version", "Show the version");
    cli.fallthrough();
  }

  std::string program;
  std::string env_prefix;
  CLI::App cli;
  std::deque<Record> records;
  std::deque<Setting> handles;
  std::vector<std::function<std::optional<std::string>()>> rules;
  std::string examples;
  std::string libraries;
  std::string config_path;
  std::string log_level = "info";
  std::string log_format = "text";
  bool print_config = false;
  bool check_config = false;

  Record* find(std::string_view name);
  const CLI::App& chosen() const;
  std::vector<std::string> flag_names() const;
  std::vector<std::string> file_names() const;
  std::vector<std::string> environment_names() const;

  void read_arguments(int argc, const char* const* argv);
  void take_flags();
  void read_environment_values(const Environment& environment);
  void take_environment(Record& record, const Environment& environment);
  void warn_of_unknown_environment(const Environment& environment) const;
  void read_file();
  void take_line(Record& record, const std::string& where, const std::vector<std::string>& values);
  void check_rules() const;
  void set(Record& record, const std::vector<std::string>& texts, const std::string& told_as,
           const std::string& origin);

  [[noreturn]] void refuse(const CLI::ParseError& error) const;
  std::string help() const;
  std::string configuration() const;
};

namespace {

HelpEntry entry_of(const Record& record) {
  HelpEntry entry;
  entry.left = record.short_name.empty() ? "    --" + record.name : "-" + record.short_name + ", --" + record.name;
  if (!is_switch(record.target)) entry.left += " " + (record.type.empty() ? type_name(record.target) : record.type);
  entry.text = record.help;
  if (!record.allowed.one_of.empty() && record.type.empty())
    entry.text += fmt::format(" ({})", fmt::join(record.allowed.one_of, ", "));
  const bool tell_default = !record.default_text.empty() && !is_switch(record.target) && !record.secret;
  if (tell_default) entry.notes.push_back("default " + record.default_text);
  if (record.in_environment)
    entry.notes.insert(entry.notes.end(), record.environment.begin(), record.environment.end());
  return entry;
}

// "PAIR..." for a positional that takes many.
std::string positional_name(const CLI::Option& option) {
  std::string name = option.get_name(true);
  if (option.get_items_expected_max() > 1) name += "...";
  return option.get_required() ? name : "[" + name + "]";
}

std::string usage_of(const CLI::App& app, const std::string& program) {
  std::string usage = program;
  if (app.get_parent() != nullptr) usage += " " + app.get_name();
  usage += " [OPTIONS]";
  for (const CLI::Option* option : app.get_options([](const CLI::Option* o) { return o->get_positional(); }))
    usage += " " + positional_name(*option);
  if (!app.get_subcommands([](const CLI::App*) { return true; }).empty())
    usage += app.get_require_subcommand_min() > 0 ? " COMMAND" : " [COMMAND]";
  return usage;
}

HelpGroup positionals_of(const CLI::App& app) {
  HelpGroup group{"Arguments", {}};
  for (const CLI::Option* option : app.get_options([](const CLI::Option* o) { return o->get_positional(); }))
    group.entries.push_back({option->get_name(true), option->get_description(), {}});
  return group;
}

HelpGroup commands_of(const CLI::App& app) {
  HelpGroup group{"Commands", {}};
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    group.entries.push_back({command->get_name(), command->get_description(), {}});
  return group;
}

// Flags that a tool gave to its sub-command alone.
HelpGroup own_flags_of(const CLI::App& app) {
  HelpGroup group{"Options of " + app.get_name(), {}};
  for (const CLI::Option* option : app.get_options([](const CLI::Option* o) { return !o->get_positional(); }))
    if (option != app.get_help_ptr())
      group.entries.push_back({option->get_name(false, true), option->get_description(), {}});
  return group;
}

void add_group(HelpPage& page, HelpGroup group) {
  if (!group.entries.empty()) page.groups.push_back(std::move(group));
}

HelpEntry switch_entry(std::string left, std::string text) {
  return {std::move(left), std::move(text), {}};
}

}  // namespace

Record* Settings::State::find(std::string_view name) {
  const auto found = std::find_if(records.begin(), records.end(), [&](const Record& r) { return r.name == name; });
  return found == records.end() ? nullptr : &*found;
}

const CLI::App& Settings::State::chosen() const {
  const CLI::App* app = &cli;
  while (!app->get_subcommands().empty()) app = app->get_subcommands().back();
  return *app;
}

std::vector<std::string> Settings::State::flag_names() const {
  std::vector<std::string> names{"--help", "--version"};
  for (const Record& record : records) names.push_back("--" + record.name);
  return names;
}

std::vector<std::string> Settings::State::file_names() const {
  std::vector<std::string> names;
  for (const Record& record : records)
    if (record.in_file) names.push_back(record.name);
  return names;
}

std::vector<std::string> Settings::State::environment_names() const {
  std::vector<std::string> names;
  for (const Record& record : records)
    if (record.in_environment) names.insert(names.end(), record.environment.begin(), record.environment.end());
  return names;
}

void Settings::State::set(Record& record, const std::vector<std::string>& texts, const std::string& told_as,
                          const std::string& origin) {
  if (auto done = assign(record.target, texts, record.allowed); !done) {
    const std::string why = record.secret ? "the value has not the right form" : done.error().message;
    throw UsageError{fmt::format("{}: {}", told_as, why)};
  }
  record.origin = origin;
}

// CLI11 takes the argument after "--flag=" as the flag's value, which nobody means.
void Settings::State::read_arguments(int argc, const char* const* argv) {
  std::vector<std::string> arguments(argv + std::min(1, argc), argv + argc);
  for (const std::string& argument : arguments) {
    if (argument == "--") break;
    if (argument.starts_with("--") && argument.find('=') == argument.size() - 1)
      throw UsageError{fmt::format("{} needs a value after =; see {} --help", argument, program)};
  }
  std::reverse(arguments.begin(), arguments.end());
  try {
    cli.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    throw Answer{help()};
  } catch (const CLI::CallForVersion&) {
    throw Answer{fmt::format("{} {}\n{}", program, WSF_VERSION, libraries)};
  } catch (const CLI::ParseError& error) {
    refuse(error);
  }
}

void Settings::State::refuse(const CLI::ParseError& error) const {
  std::string what = error.what();
  const std::vector<std::string> left = cli.remaining(true);
  const auto is_flag = [](const std::string& word) { return word.size() > 1 && word[0] == '-'; };
  const auto flag = std::find_if(left.begin(), left.end(), is_flag);
  if (flag != left.end()) {
    const std::string name = flag->substr(0, flag->find('='));
    what = fmt::format("unknown flag {}{}", name, did_you_mean(name, flag_names()));
  } else if (!left.empty()) {
    std::vector<std::string> commands;
    for (const CLI::App* command : cli.get_subcommands([](const CLI::App*) { return true; }))
      commands.push_back(command->get_name());
    const bool is_command = !commands.empty() && cli.get_subcommands().empty();
    what = fmt::format("{} \"{}\"{}", is_command ? "unknown command" : "unexpected argument", left.front(),
                       did_you_mean(left.front(), commands));
  } else if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    what = what.substr(0, what.find(':')) + " needs a value";
  }
  std::replace(what.begin(), what.end(), '\n', ' ');
  throw UsageError{fmt::format("{}; see {} --help", what, program)};
}

void Settings::State::take_flags() {
  for (Record& record : records) {
    if (record.option->count() == 0) continue;
    const auto& texts = record.option->results();
    for (const std::string& text : texts) {
      const bool swallowed = text.starts_with("--") && find(std::string_view(text).substr(2)) != nullptr;
      if (swallowed && !is_switch(record.target))
        throw UsageError{
            fmt::format("--{} needs a value, but {} follows it; see {} --help", record.name, text, program)};
    }
    set(record, texts, "--" + record.name, "flag");
  }
}

void Settings::State::take_environment(Record& record, const Environment& environment) {
  for (const std::string& name : record.environment) {
    const auto found = environment.find(name);
    if (found == environment.end() || found->second.empty()) continue;
    // Kubernetes sets NAME_PORT=tcp://... in each pod for a Service called NAME.
    if (name.ends_with("_PORT") && found->second.starts_with("tcp://")) continue;
    set(record, {found->second}, name, "environment " + name);
    return;
  }
}

void Settings::State::read_environment_values(const Environment& environment) {
  for (Record& record : records)
    if (record.in_environment && record.origin == "default") take_environment(record, environment);
}

void Settings::State::warn_of_unknown_environment(const Environment& environment) const {
  const std::vector<std::string> known = environment_names();
  const std::string prefix = env_prefix + "_";
  for (auto entry = environment.lower_bound(prefix); entry != environment.end(); ++entry) {
    const std::string& name = entry->first;
    if (!name.starts_with(prefix)) break;
    const bool of_kubernetes = name.find("_SERVICE_") != name.npos || entry->second.starts_with("tcp://") ||
                               name.starts_with(prefix + "PORT_");
    if (of_kubernetes || std::find(known.begin(), known.end(), name) != known.end()) continue;
    fmt::print(stderr, "{}: warning: {} in the environment means nothing{}\n", program, name,
               did_you_mean(name, known));
  }
}

void Settings::State::take_line(Record& record, const std::string& where, const std::vector<std::string>& values) {
  if (record.origin != "default") return;
  set(record, values, fmt::format("{}: {}", where, record.name), "file " + where);
}

void Settings::State::read_file() {
  if (config_path.empty()) return;
  const auto text = read_config_file(config_path);
  if (!text) throw UsageError{text.error().message};
  const auto lines = parse_config(*text, config_path);
  if (!lines) throw UsageError{lines.error().message};
  struct Found {
    std::string where;
    std::vector<std::string> values;
  };
  std::map<Record*, Found> found;
  for (const ConfigLine& line : *lines) {
    const std::string where = fmt::format("{}:{}", config_path, line.line);
    Record* record = find(line.name);
    if (record == nullptr || !record->in_file)
      throw UsageError{fmt::format("{}: {} \"{}\"{}", where,
                                   record == nullptr ? "unknown name" : "only the command line may hold", line.name,
                                   record == nullptr ? did_you_mean(line.name, file_names()) : "")};
    const auto [entry, fresh] = found.try_emplace(record, Found{where, {}});
    if (!fresh && !is_list(record->target))
      throw UsageError{fmt::format("{}: {} is set twice (first at {})", where, line.name, entry->second.where)};
    entry->second.values.push_back(line.value);
  }
  for (Record& record : records)
    if (const auto entry = found.find(&record); entry != found.end())
      take_line(record, entry->second.where, entry->second.values);
}

void Settings::State::check_rules() const {
  for (const auto& rule : rules)
    if (const auto complaint = rule()) throw UsageError{*complaint};
}

std::string Settings::State::help() const {
  const CLI::App& app = chosen();
  HelpPage page;
  page.description = app.get_description();
  page.usage = usage_of(app, program);
  add_group(page, positionals_of(app));
  add_group(page, commands_of(app));
  if (app.get_parent() != nullptr) add_group(page, own_flags_of(app));
  std::vector<std::string> headings;
  for (const Record& record : records)
    if (std::find(headings.begin(), headings.end(), record.group) == headings.end()) headings.push_back(record.group);
  std::stable_partition(headings.begin(), headings.end(), [](const std::string& h) { return h != "Common"; });
  for (const std::string& heading : headings) {
    HelpGroup group{heading, {}};
    for (const Record& record : records)
      if (record.group == heading) group.entries.push_back(entry_of(record));
    if (heading == "Common") {
      group.entries.insert(group.entries.begin(), switch_entry("    --version", "Show the version"));
      group.entries.insert(group.entries.begin(), switch_entry("-h, --help", "Show this help"));
    }
    add_group(page, std::move(group));
  }
  page.examples = examples;
  return render(page);
}

std::string Settings::State::configuration() const {
  std::vector<std::pair<std::string, std::string>> lines;
  for (const Record& record : records) {
    if (!record.in_file) continue;
    const bool one_line = !is_list(record.target) || record.allowed.split_commas;
    const std::vector<std::string> items = shown_items(record.target);
    if (one_line && !record.secret) {
      const auto text = shown(record.target);
      lines.emplace_back(text ? fmt::format("{} = {}", record.name, config_value(*text)) : "# " + record.name + " =",
                         record.origin);
      continue;
    }
    if (items.empty()) lines.emplace_back("# " + record.name + " =", record.origin);
    for (const std::string& item : items) {
      const bool masked = record.secret || holds_secret(item);
      const std::string key = record.secret ? "" : item.substr(0, std::min(item.find('=') + 1, item.size()));
      lines.emplace_back(masked ? fmt::format("# {} = {}***", record.name, key)
                                : fmt::format("{} = {}", record.name, config_value(item)),
                         record.origin);
    }
  }
  std::size_t column = 0;
  for (const auto& [line, origin] : lines) column = std::max(column, std::min<std::size_t>(line.size(), 48));
  std::string out;
  for (const auto& [line, origin] : lines) out += fmt::format("{:<{}}  # {}\n", line, column, origin);
  return out;
}

Setting& Setting::env(std::string name) {
  record_->environment.push_back(std::move(name));
  return *this;
}
Setting& Setting::type(std::string shown) {
  record_->type = std::move(shown);
  return *this;
}
Setting& Setting::group(std::string heading) {
  record_->group = std::move(heading);
  return *this;
}
Setting& Setting::secret() {
  record_->secret = true;
  return *this;
}
Setting& Setting::range(double lowest, double highest) {
  record_->allowed.range = {lowest, highest};
  return *this;
}
Setting& Setting::one_of(std::vector<std::string> values) {
  record_->allowed.one_of = std::move(values);
  return *this;
}
Setting& Setting::not_in_file() {
  record_->in_file = false;
  record_->in_environment = false;
  return *this;
}
Setting& Setting::raw_list() {
  record_->allowed.split_commas = false;
  return *this;
}

Settings::Settings(std::string program, std::string description, std::string env_prefix)
    : state_(std::make_unique<State>(std::move(program), description, std::move(env_prefix))) {
  add("--config", state_->config_path, "Read settings from FILE (name = value lines)")
      .type("FILE")
      .group("Common")
      .not_in_file();
  state_->records.back().in_environment = true;
  add("--print-config", state_->print_config, "Show each value and where it came from, then end")
      .group("Common")
      .not_in_file();
  add("--check-config", state_->check_config, "Check the settings, then end").group("Common").not_in_file();
  add("--log-level", state_->log_level, "Least level that is logged").one_of(log_levels()).group("Common");
  add("--log-format", state_->log_format, "Form of a log line").one_of({"text", "json"}).group("Common");
}

Settings::~Settings() = default;

Setting& Settings::add_target(const std::string& flags, SettingTarget target, const std::string& help) {
  const std::size_t comma = flags.find(',');
  const std::string long_flag = comma == flags.npos ? flags : flags.substr(comma + 1);
  check(long_flag.starts_with("--"), "a setting has a long flag");
  Record record{long_flag.substr(2), comma == flags.npos ? "" : flags.substr(1, comma - 1), target, help};
  check(state_->find(record.name) == nullptr, "a flag is added once");
  record.environment.push_back(environment_name(state_->env_prefix, record.name));
  if (is_switch(target)) {
    record.option = state_->cli.add_flag(flags);
    record.option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  } else {
    record.option = state_->cli.add_option(flags);
    record.option->type_size(1)->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    record.option->allow_extra_args(false);
  }
  state_->records.push_back(std::move(record));
  return state_->handles.emplace_back(state_->records.back());
}

void Settings::examples(std::string text) {
  state_->examples = std::move(text);
}
void Settings::linked(std::string name_and_version) {
  state_->libraries += name_and_version + "\n";
}
void Settings::rule(std::function<std::optional<std::string>()> check) {
  state_->rules.push_back(std::move(check));
}
CLI::App& Settings::app() {
  return state_->cli;
}

std::optional<int> Settings::parse(int argc, const char* const* argv) {
  State& state = *state_;
  try {
    for (Record& record : state.records) record.default_text = shown(record.target).value_or("");
    const Environment environment = read_environment();
    state.read_arguments(argc, argv);
    state.take_flags();
    state.read_environment_values(environment);
    state.warn_of_unknown_environment(environment);
    state.read_file();
    if (state.print_config) throw Answer{state.configuration()};
    state.check_rules();
    if (state.check_config) throw Answer{"configuration ok\n"};
  } catch (const Answer& answer) {
    fmt::print("{}", answer.text);
    return std::fflush(stdout) == 0 ? static_cast<int>(Exit::ok) : static_cast<int>(Exit::runtime);
  } catch (const UsageError& error) {
    fmt::print(stderr, "{}: {}\n", state.program, error.line);
    return static_cast<int>(Exit::usage);
  }
  start_logging(state.log_level, state.log_format, state.program);
  return std::nullopt;
}

std::string Settings::origin(std::string_view flag) const {
  const Record* record = state_->find(flag.substr(std::min(flag.find_first_not_of('-'), flag.size())));
  check(record != nullptr, "origin() is asked of a known flag");
  return record->origin;
}

const std::string& Settings::program() const {
  return state_->program;
}
const std::string& Settings::log_level() const {
  return state_->log_level;
}
const std::string& Settings::log_format() const {
  return state_->log_format;
}

}  // namespace wsf::base
