#pragma once
// Result<T>: a value or a one-line error text, for parsing and domain checks. Never thrown, except by value() on an
// error, which is a programmer's mistake.

#include <boost/system/result.hpp>

#include <stdexcept>
#include <string>

namespace wsf::base {

struct Error {
  std::string message;  // what is wrong and what would be right, without a trailing period
};

[[noreturn]] inline void throw_exception_from_error(const Error& e, const boost::source_location&) {
  throw std::logic_error("value() of an error: " + e.message);
}

template <class T>
using Result = boost::system::result<T, Error>;

}  // namespace wsf::base
