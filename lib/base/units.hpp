#pragma once
// Durations, sizes and rates as people write them, both ways. Pure functions; any thread.

#include "base/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace wsf::base {

// "30s", "250ms", "10us", "10m", "1h", "1d", "0.5s", and several of them from large to small ("1h30m"); a bare number
// is seconds. Not negative, at most about 292 years. The error says which forms are right.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

// Bytes: "65536", "64KiB", "8MiB", "1GiB"; "64K"/"8M"/"1G" mean the same powers of 1024, "kB"/"MB"/"GB" powers of
// 1000.
Result<std::uint64_t> parse_size(std::string_view text);

// Events per second: "100/s", "6/m", "90/h", "100" (per second). At least 0, finite.
Result<double> parse_rate(std::string_view text);

// A whole number without sign, "_" not allowed. Range errors say so.
Result<std::uint64_t> parse_count(std::string_view text);

// A finite number; takes all of the text.
Result<double> parse_number(std::string_view text);

// The shortest exact form in one unit that parse_duration() reads back: "30s", "1500ms", "2h", "0s".
std::string format_duration(std::chrono::nanoseconds value);

// "512 B" has no unit: "512", "64KiB", "8MiB"; the largest unit that divides it. parse_size() reads it back.
std::string format_size(std::uint64_t bytes);

// For people: "1,200,000".
std::string format_count(std::uint64_t value);

// "100/s", "0.1/s"; parse_rate() reads it back.
std::string format_rate(double per_s);

}  // namespace wsf::base
