#pragma once
// Where a setting's value came from.

#include <string>

namespace wsf::base {

enum class Source { unset, file, environment, flag };  // weakest first

struct Origin {
  Source source = Source::unset;
  std::string place{};  // "--port", "WSFANOUT_PORT", "x.conf:12"; empty when unset
};

std::string to_text(const Origin&);  // "flag", "environment WSFANOUT_PORT", "file x.conf:12", "default"

}  // namespace wsf::base
