// The environment and the configuration file.
#include "base/config_file.hpp"
#include "base/nearest.hpp"
#include "base/settings_state.hpp"
#include "base/standard_streams.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wsf::base {
namespace {

using Record = Setting::Record;

// Kubernetes sets NAME_PORT=tcp://..., NAME_SERVICE_HOST and more in each pod for a Service called NAME.
bool set_by_kubernetes(std::string_view rest_of_name, std::string_view value) {
  return value.starts_with("tcp://") || rest_of_name.starts_with("SERVICE_") || rest_of_name.starts_with("PORT_");
}

// What the file says of one setting: a list may stand on several lines.
struct Found {
  std::string where;
  std::vector<std::string> values;
};

}  // namespace

void Settings::State::take_environment(const Environment& environment) {
  for (Record& record : records) {
    if (!record.in_environment || record.origin.source != Source::unset) continue;
    for (const std::string& name : record.environment) {
      const auto found = environment.find(name);
      if (found == environment.end() || found->second.empty()) continue;
      if (name.ends_with("_PORT") && set_by_kubernetes("PORT", found->second)) continue;
      const auto rewrite = record.rewrites.find(name);
      const std::string& value = found->second;
      set(record, {rewrite == record.rewrites.end() ? value : rewrite->second(value)}, name,
          {Source::environment, name});
      break;
    }
  }
}

void Settings::State::warn_of_unknown_environment(const Environment& environment) const {
  std::vector<std::string> known;
  for (const Record& record : records)
    if (record.in_environment) known.insert(known.end(), record.environment.begin(), record.environment.end());
  const std::string prefix = env_prefix + "_";
  for (auto entry = environment.lower_bound(prefix); entry != environment.end(); ++entry) {
    const auto& [name, value] = *entry;
    if (!name.starts_with(prefix)) break;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (set_by_kubernetes(std::string_view(name).substr(prefix.size()), value)) continue;
    tell(program, fmt::format("warning: nothing reads {} from the environment{}", name, did_you_mean(name, known)));
  }
}

namespace {

UsageError unknown_name(const ConfigLine& line, const std::string& where, const std::deque<Record>& records,
                        bool is_flag) {
  if (is_flag) return UsageError{fmt::format("{}: {} belongs on the command line only", where, line.name)};
  std::vector<std::string> known;
  for (const Record& record : records)
    if (record.in_file) known.push_back(record.name);
  return UsageError{fmt::format("{}: unknown name \"{}\"{}", where, line.name, did_you_mean(line.name, known))};
}

}  // namespace

void Settings::State::take_file() {
  if (config_path.empty()) return;
  const auto text = read_config_file(config_path);
  if (!text) throw UsageError{text.error().message};
  const auto lines = parse_config(*text, config_path);
  if (!lines) throw UsageError{lines.error().message};
  std::map<Record*, Found> found;
  for (const ConfigLine& line : *lines) {
    const std::string where = fmt::format("{}:{}", config_path, line.line);
    Record* record = find(line.name);
    if (record == nullptr || !record->in_file) throw unknown_name(line, where, records, record != nullptr);
    const auto [entry, fresh] = found.try_emplace(record, Found{where, {}});
    if (!fresh && !is_list(record->target))
      throw UsageError{fmt::format("{}: {} is set twice (first at {})", where, line.name, entry->second.where)};
    entry->second.values.push_back(line.value);
  }
  for (auto& [record, given] : found) {
    if (record->origin.source != Source::unset) continue;
    set(*record, given.values, fmt::format("{}: {}", given.where, record->name), {Source::file, given.where});
  }
}

namespace {

// A choice, and one that asks for something.
Source strength(const Record& record) {
  const std::string text = shown(record.target).value_or("");
  const bool nothing = text.empty() || (is_switch(record.target) && text == "false");
  return nothing ? Source::unset : record.chosen_by();
}

}  // namespace

void Settings::State::settle_exclusions() {
  for (const auto& [one, other] : exclusions) {
    if (!one->gives_way_to.empty() || !other->gives_way_to.empty()) continue;
    const Source here = strength(*one), there = strength(*other);
    if (here == Source::unset || there == Source::unset) continue;
    if (here == there) throw UsageError{fmt::format("{} and {} exclude each other", one->named(), other->named())};
    const auto [weaker, stronger] = here < there ? std::pair(one, other) : std::pair(other, one);
    weaker->gives_way_to = stronger->named();
  }
}

void Settings::State::restore_what_gave_way() {
  for (Record& record : records) {
    if (record.gives_way_to.empty()) continue;
    record.restore_default();
    record.origin = {};
  }
}

}  // namespace wsf::base
