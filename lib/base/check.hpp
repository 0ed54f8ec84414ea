#pragma once
// check(): a statement of what must hold. A failure is a bug of ours; the process aborts rather than go on wrong.
// Boost's source_location, because clang 14 on libstdc++ 12 has no std::source_location.

#include <boost/assert/source_location.hpp>

#include <cstdio>
#include <cstdlib>

namespace wsf::base {

inline void check(bool holds, const char* what, const boost::source_location& where = BOOST_CURRENT_LOCATION) {
  if (holds) [[likely]]
    return;
  std::fprintf(stderr, "bug: %s (%s:%u)\n", what, where.file_name(), static_cast<unsigned>(where.line()));
  std::abort();
}

}  // namespace wsf::base
