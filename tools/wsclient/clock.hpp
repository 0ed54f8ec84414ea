#pragma once
// The wall clock, and how people read it.

#include <cstdint>
#include <string>

namespace wsf::wsclient {

std::int64_t epoch_us();

std::string local_time(std::int64_t epoch_us);  // "14:03:12.345", in the time zone of the environment

}  // namespace wsf::wsclient
