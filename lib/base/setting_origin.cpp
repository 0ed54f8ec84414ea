#include "base/setting_origin.hpp"

namespace wsf::base {

std::string to_text(const Origin& origin) {
  switch (origin.source) {
    case Source::flag:
      return "flag";
    case Source::environment:
      return "environment " + origin.place;
    case Source::file:
      return "file " + origin.place;
    case Source::unset:
      break;
  }
  return "default";
}

}  // namespace wsf::base
