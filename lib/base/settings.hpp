#pragma once
// A binary's settings from one place: command line > environment > configuration file > default. Each value remembers
// where it came from. Used at start-up by the main thread alone; a bad setting ends the program with one line and
// exit code 2.

#include "base/exit_codes.hpp"
#include "base/result.hpp"
#include "base/setting_origin.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace CLI {
class App;
}

namespace wsf::base {

struct Duration {
  std::chrono::nanoseconds value{};
};
struct Size {
  std::uint64_t bytes = 0;
};
struct Rate {
  double per_s = 0;
};

// The variables that a flag can be bound to. The optional ones have no default: unset is a value of its own.
using SettingTarget =
    std::variant<std::string*, bool*, std::uint16_t*, int*, unsigned*, std::uint64_t*, double*, Duration*, Size*,
                 Rate*, std::vector<std::string>*, std::optional<std::string>*, std::optional<std::uint64_t>*,
                 std::optional<double>*, std::optional<Duration>*, std::optional<Size>*, std::optional<Rate>*>;

class Settings;

// One flag; returned by Settings::add() and refined by chaining. Lives as long as its Settings.
class Setting {
 public:
  // A further environment name, weaker than those named before it. `as`: its value as a flag's would be written,
  // where that name has a form of its own.
  using Rewrite = std::function<std::string(const std::string&)>;
  Setting& env(std::string name, Rewrite as = {});
  Setting& type(std::string shown);               // the value's form in --help: "HOST:PORT"
  Setting& group(std::string heading);            // heading in --help; default "Options"
  Setting& secret();                              // its value is never printed, not even in an error
  Setting& range(double lowest, double highest);  // numbers (Duration: seconds, Size: bytes), both ends allowed
  Setting& one_of(std::vector<std::string> values);
  Setting& not_in_file();          // neither file nor environment: command line only
  Setting& not_on_command_line();  // for secrets: a process list shows arguments to every user
  Setting& raw_list();             // a list whose items may hold commas: one item for each occurrence

  struct Record;
  explicit Setting(Record& record) : record_(&record) {}

 private:
  Record* record_;
};

class Settings {
 public:
  // `env_prefix` without "_": "WSFANOUT" makes --max-message answer to WSFANOUT_MAX_MESSAGE.
  Settings(std::string program, const std::string& description, std::string env_prefix);
  ~Settings();
  Settings(const Settings&) = delete;
  Settings& operator=(const Settings&) = delete;

  // Binds a variable; what it holds when parse() is called is the default. `flags` is "--port" or "-c,--count".
  // bool is a switch (environment and file take true/false/1/0/yes/no/on/off); a vector is a repeatable flag whose
  // values are also split at commas; the first given value replaces the default list.
  template <class T>
  Setting& add(const std::string& flags, T& variable, const std::string& help) {
    return add_target(flags, SettingTarget(&variable), help);
  }
  // The same for a list whose items may hold commas; in the environment each line of the value is an item.
  Setting& add_raw_list(const std::string& flags, std::vector<std::string>& variable, const std::string& help) {
    return add_target(flags, SettingTarget(&variable), help).raw_list();
  }

  void examples(std::string text);                   // shown at the end of --help
  void linked(const std::string& name_and_version);  // a further line of --version: "librdkafka 2.0.2"
  // Two settings that exclude each other: the one from the stronger source counts, and the other keeps its default;
  // of equal strength they are a usage error. A switch that is off, an empty text and a default that a file repeats
  // exclude nothing. In the order of the calls: what has given way excludes nothing any more.
  void exclusive(std::string_view one, std::string_view other);
  // A check over several settings, run when all of them have their values. A returned text is a usage error.
  void rule(std::function<std::optional<std::string>()> check);

  // For positionals and sub-commands (include <CLI/CLI.hpp> in the tool's .cpp). Common flags work before and after a
  // sub-command's name. Flags belong into add(), which alone gives them an environment name and a place in the file.
  CLI::App& app();

  // Reads argv, environment and --config FILE (or PREFIX_CONFIG), starts logging by --log-level and --log-format,
  // and forbids core files unless --allow-core.
  // Also occupies closed standard streams, so call it before anything else opens a descriptor.
  // std::nullopt: go on and run. A number: end with this code (help, version or configuration printed or checked, or
  // a usage error already told as one line on stderr).
  std::optional<int> parse(int argc, const char* const* argv);
  // The same for main()'s own argv, in which it then hides what is secret (hidden_arguments.hpp).
  std::optional<int> parse(int argc, char** argv);

  // Where the flag's value came from.
  const Origin& origin(std::string_view flag /* with or without dashes */) const;
  // How strongly it was chosen: as the origin says, but `unset` for a file that repeats the default, which is no
  // choice, because --print-config writes every setting.
  Source chosen_by(std::string_view flag) const;
  // The setting as its giver knows it, to begin a complaint with: "--port", "WSFANOUT_PORT", "x.conf:12: port".
  std::string named(std::string_view flag) const;
  bool is_default(std::string_view flag) const { return chosen_by(flag) == Source::unset; }
  bool on_command_line(std::string_view flag) const { return origin(flag).source == Source::flag; }
  // Throws StartupError(usage), "--FLAG WHY", for the first of them that was typed: what comes from elsewhere may be
  // a habit.
  void forbid(const std::vector<const char*>& flags, std::string_view why) const;
  // What the setting's value was read as. Throws StartupError(usage), which names the setting, for what is wrong.
  template <class T>
  T value_of(std::string_view flag, Result<T> read) const {
    if (!read) refuse(named(flag) + ": " + read.error().message);
    return *std::move(read);
  }
  // The text in the file that the setting names, without blanks around it. Throws StartupError(usage), which never
  // holds the text.
  std::string text_in(std::string_view flag, const std::string& path, std::size_t max_bytes) const;

  const std::string& program() const;
  const std::string& log_level() const;
  const std::string& log_format() const;

 private:
  Setting& add_target(const std::string& flags, SettingTarget target, const std::string& help);

  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace wsf::base
