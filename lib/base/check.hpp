#pragma once
// check(): a statement of what must hold. A failure is a bug of ours; the process aborts rather than go on wrong.

#include <cstdio>
#include <cstdlib>
#include <source_location>

namespace wsf::base {

inline void check(bool holds, const char* what, const std::source_location& where = std::source_location::current()) {
  if (holds) [[likely]]
    return;
  std::fprintf(stderr, "bug: %s (%s:%u)\n", what, where.file_name(), static_cast<unsigned>(where.line()));
  std::abort();
}

}  // namespace wsf::base
