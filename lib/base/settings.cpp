#include "base/settings.hpp"

#include "base/check.hpp"
#include "base/exit_codes.hpp"
#include "base/hidden_arguments.hpp"
#include "base/log.hpp"
#include "base/nearest.hpp"
#include "base/settings_state.hpp"
#include "base/standard_streams.hpp"
#include "base/text_file.hpp"
#include "base/trimmed.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace wsf::base {
namespace {

using Record = Setting::Record;

std::string environment_name(const std::string& prefix, std::string name) {
  for (char& c : name) {
    if (c == '-') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return prefix + "_" + name;
}

Environment read_environment() {
  Environment all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != text.npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

int answer_with(const std::string& text) {
  return static_cast<int>(print_out(text) ? Exit::ok : Exit::runtime);
}

// What a process holds in memory (tokens, keys, prices) must not lie about on a disk after a crash.
void forbid_core_files() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

}  // namespace

std::string did_you_mean(std::string_view word, const std::vector<std::string>& known) {
  const auto guess = nearest(word, known);
  return guess ? fmt::format(" (did you mean {}?)", *guess) : "";
}

Record* Settings::State::find(std::string_view name) {
  const auto found = std::find_if(records.begin(), records.end(), [&](const Record& r) { return r.name == name; });
  return found == records.end() ? nullptr : &*found;
}

void Settings::State::set(Record& record, const std::vector<std::string>& texts, const std::string& told_as,
                          Origin origin) {
  if (auto done = assign(record.target, texts, record.allowed); !done) {
    const std::string why = record.secret ? "the value has not the right form" : done.error().message;
    throw UsageError{fmt::format("{}: {}", told_as, why)};
  }
  record.origin = std::move(origin);
}

Record& Settings::State::known(std::string_view flag) {
  Record* record = find(flag.substr(std::min(flag.find_first_not_of('-'), flag.size())));
  check(record != nullptr, "a setting that is asked for was added");
  return *record;
}

Source Setting::Record::chosen_by() const {
  const bool repeated = origin.source == Source::file && shown(target) == default_text;
  return repeated ? Source::unset : origin.source;
}

std::string Setting::Record::named() const {
  if (origin.source == Source::environment) return origin.place;
  if (origin.source == Source::file) return fmt::format("{}: {}", origin.place, name);
  return "--" + name;
}

std::vector<const Record*> Settings::State::in_print_order() const {
  std::vector<const Record*> order;
  for (const Record& record : records) order.push_back(&record);
  std::stable_partition(order.begin(), order.end(), [](const Record* record) { return record->group != "Common"; });
  return order;
}

Setting& Setting::env(std::string name, Rewrite as) {
  if (as) record_->rewrites.emplace(name, std::move(as));
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
Setting& Setting::not_on_command_line() {
  record_->on_command_line = false;
  return *this;
}
Setting& Setting::raw_list() {
  record_->allowed.split_commas = false;
  return *this;
}

Settings::Settings(std::string program, const std::string& description, std::string env_prefix)
    : state_(std::make_unique<State>(std::move(program), description, std::move(env_prefix))) {
  State& state = *state_;
  add("--config", state.config_path, "Read settings from FILE: lines name = value").type("FILE").group("Common");
  state.records.back().in_file = false;
  add("--print-config", state.print_config, "Show each value and where it came from, then end")
      .group("Common")
      .not_in_file();
  add("--check-config", state.check_config, "Check the settings, then end").group("Common").not_in_file();
  add("--log-level", state.log_level, "Least level that is logged")
      .type("LEVEL")
      .one_of(log_levels())
      .group("Common");
  add("--log-format", state.log_format, "Form of a log line").type("FORM").one_of({"text", "json"}).group("Common");
  add("--allow-core", state.allow_core, "Let a crash leave a core file, in which secrets may stand").group("Common");
}

Settings::~Settings() = default;

Setting& Settings::add_target(const std::string& flags, SettingTarget target, const std::string& help) {
  State& state = *state_;
  const std::size_t comma = flags.find(',');
  const std::string long_flag = flags.substr(comma == flags.npos ? 0 : comma + 1);
  check(long_flag.starts_with("--"), "a setting has a long flag");
  Record record{long_flag.substr(2), comma == flags.npos ? "" : flags.substr(1, comma - 1), target, help};
  check(state.find(record.name) == nullptr, "a flag is added once");
  record.environment.push_back(environment_name(state.env_prefix, record.name));
  state.declare(record, flags);
  state.records.push_back(std::move(record));
  return state.handles.emplace_back(state.records.back());
}

void Settings::examples(std::string text) {
  state_->examples = std::move(text);
}
void Settings::linked(const std::string& name_and_version) {
  state_->libraries += name_and_version + "\n";
}
void Settings::exclusive(std::string_view one, std::string_view other) {
  state_->exclusions.emplace_back(&state_->known(one), &state_->known(other));
}
void Settings::rule(std::function<std::optional<std::string>()> check) {
  state_->rules.push_back(std::move(check));
}
CLI::App& Settings::app() {
  return *state_->cli;
}

std::optional<int> Settings::parse(int argc, char** argv) {
  const auto code = parse(argc, static_cast<const char* const*>(argv));
  std::vector<std::string> flags;
  for (const Record& record : state_->records)
    if (record.secret) flags.push_back("--" + record.name);
  hide_secrets({argv, static_cast<std::size_t>(argc)}, flags);
  return code;
}

std::optional<int> Settings::parse(int argc, const char* const* argv) {
  State& state = *state_;
  occupy_standard_streams();
  try {
    for (Record& record : state.records) {
      record.default_text = shown(record.target).value_or("");
      record.restore_default = restorer(record.target);
    }
    const Environment environment = read_environment();
    state.read_arguments(argc, argv);
    state.take_flags();
    state.take_environment(environment);
    state.warn_of_unknown_environment(environment);
    state.take_file();
    state.settle_exclusions();
    // Printed also where a rule refuses it: the values and their origins are what the user needs then.
    if (state.print_config && !print_out(state.configuration())) return static_cast<int>(Exit::runtime);
    state.restore_what_gave_way();
    for (const auto& rule : state.rules)
      if (const auto complaint = rule()) throw UsageError{*complaint};
    if (state.print_config) return static_cast<int>(Exit::ok);
    if (state.check_config) throw Answer{"configuration ok\n"};
  } catch (const Answer& answer) {
    return answer_with(answer.text);
  } catch (const UsageError& error) {
    tell(state.program, error.line);
    return static_cast<int>(Exit::usage);
  }
  if (!state.allow_core) forbid_core_files();
  start_logging(state.log_level, state.log_format, state.program);
  return std::nullopt;
}

const Origin& Settings::origin(std::string_view flag) const {
  return state_->known(flag).origin;
}
Source Settings::chosen_by(std::string_view flag) const {
  return state_->known(flag).chosen_by();
}
std::string Settings::named(std::string_view flag) const {
  return state_->known(flag).named();
}

void Settings::forbid(const std::vector<const char*>& flags, std::string_view why) const {
  for (const char* flag : flags) {
    if (on_command_line(flag)) refuse(fmt::format("--{} {}", flag, why));
  }
}

std::string Settings::text_in(std::string_view flag, const std::string& path, std::size_t max_bytes) const {
  const auto text = read_text_file(path, max_bytes);
  if (!text) refuse(fmt::format("{} {}: {}", named(flag), path, text.error().message));
  return std::string(trimmed(*text, kBlanksAndLineEnds));
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
