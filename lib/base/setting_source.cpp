#include "base/setting_source.hpp"

#include <string>

namespace wsf::base {

Source source_of(const Settings& settings, std::string_view name, bool is_default) {
  const std::string origin = settings.origin(name);
  if (origin == "flag") return Source::flag;
  if (origin.starts_with("environment ")) return Source::environment;
  return origin.starts_with("file ") && !is_default ? Source::file : Source::unset;
}

}  // namespace wsf::base
