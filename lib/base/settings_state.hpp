#pragma once
// What Settings holds. For the settings*.cpp alone; CLI11 itself is included only where argv is read and help is
// made.

#include "base/setting_value.hpp"
#include "base/settings.hpp"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace CLI {
class App;
class Option;
class ParseError;
}  // namespace CLI

namespace wsf::base {

struct Setting::Record {
  std::string name;        // "max-message"
  std::string short_name;  // "c", or empty
  SettingTarget target;
  std::string help;
  std::string type{};
  std::string group = "Options";
  std::vector<std::string> environment{};              // strongest first; [0] is PREFIX_<FLAG>
  std::map<std::string, Setting::Rewrite> rewrites{};  // of some of these names
  Allowed allowed{};
  bool secret = false;
  bool in_file = true;
  bool in_environment = true;
  bool on_command_line = true;
  CLI::Option* option = nullptr;  // owned by the app
  std::string default_text{};
  std::function<void()> restore_default{};  // known from the start of parse()
  Origin origin{};
  std::string gives_way_to{};  // the stronger one of two that exclude each other, as its giver knows it

  Source chosen_by() const;   // see Settings::chosen_by()
  std::string named() const;  // see Settings::named()
};

// Ends parse() with one line on stderr.
struct UsageError {
  std::string line;
};
// Ends parse() with what stands on stdout.
struct Answer {
  std::string text;
};

using Environment = std::map<std::string, std::string>;

// " (did you mean X?)", or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

struct Settings::State {
  State(std::string program_name, const std::string& description, std::string prefix);
  ~State();

  std::string program;
  std::string env_prefix;
  std::unique_ptr<CLI::App> cli;
  std::deque<Setting::Record> records;
  std::deque<Setting> handles;
  std::vector<std::function<std::optional<std::string>()>> rules;
  std::vector<std::pair<Setting::Record*, Setting::Record*>> exclusions;
  std::string examples;
  std::string libraries;
  std::string config_path;
  std::string log_level = "info";
  std::string log_format = "text";
  bool allow_core = false;
  bool print_config = false;
  bool check_config = false;

  Setting::Record* find(std::string_view name);
  Setting::Record& known(std::string_view flag);  // with or without dashes; a programmer's error when there is none
  void set(Setting::Record& record, const std::vector<std::string>& texts, const std::string& told_as, Origin origin);
  std::vector<const Setting::Record*> in_print_order() const;  // the common ones last

  // settings_arguments.cpp
  void declare(Setting::Record& record, const std::string& flags);
  void read_arguments(int argc, const char* const* argv);
  void take_flags();
  [[noreturn]] void refuse(const CLI::ParseError& error);
  void refuse_swallowed_flags();
  std::string unexpected(const std::vector<std::string>& left) const;

  // settings_sources.cpp
  void take_environment(const Environment& environment);
  void warn_of_unknown_environment(const Environment& environment) const;
  void take_file();
  void settle_exclusions();
  void restore_what_gave_way();

  // settings_help.cpp
  std::string help() const;
  std::string configuration() const;
};

}  // namespace wsf::base
