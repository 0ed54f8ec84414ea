#pragma once
// Errors of a non-blocking socket that mean "not now" rather than "never again".

#include <boost/system/error_code.hpp>

namespace wsf::ws {

inline bool would_block(const boost::system::error_code& ec) {
  return ec == boost::system::errc::operation_would_block ||
         ec == boost::system::errc::resource_unavailable_try_again;
}

inline bool interrupted(const boost::system::error_code& ec) {
  return ec == boost::system::errc::interrupted;
}

}  // namespace wsf::ws
