#include "load/setting_source.hpp"

#include "base/settings.hpp"

#include <fmt/format.h>

namespace wsf::load {
namespace {

constexpr std::string_view kEnvironment = "environment ", kFile = "file ";

}  // namespace

Source source_of(const base::Settings& settings, std::string_view name, bool is_default) {
  const std::string origin = settings.origin(name);
  if (origin == "flag") return Source::flag;
  if (origin.starts_with(kEnvironment)) return Source::environment;
  return origin.starts_with(kFile) && !is_default ? Source::file : Source::unset;
}

std::string told_as(const base::Settings& settings, std::string_view name) {
  const std::string origin = settings.origin(name);
  if (origin.starts_with(kEnvironment)) return origin.substr(kEnvironment.size());
  if (origin.starts_with(kFile)) return fmt::format("{}: {}", origin.substr(kFile.size()), name);
  return fmt::format("--{}", name);
}

}  // namespace wsf::load
