#pragma once
// Times of the wire and of people. Pure; any thread.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::wsclient {

// RFC 3339 with Z or an offset, any number of fraction digits, as epoch milliseconds; nothing if it is not that.
std::optional<std::int64_t> parse_rfc3339_ms(std::string_view text);

// How long something has lasted: "0.2 s", "59.9 s", "1m05s", "12h03m", "3d04h"; at most 6 columns below 100 days.
std::string age_text(std::int64_t age_ms);

// The same without tenths: "12s", "1m12s", "3h05m".
std::string elapsed_text(std::int64_t elapsed_ms);

// What was measured here: "0.42 ms", "3.4 ms", "48 ms", "1.2 s".
std::string latency_text(std::int64_t latency_us);

// What was measured against a time on the wire, which has milliseconds: "<1 ms", "3 ms", "1.2 s".
std::string coarse_latency_text(std::int64_t latency_us);

// From a time on the wire until now. Nothing where clocks plainly disagree: more than 50 ms before it, or an hour
// after.
std::optional<std::int64_t> passed_us(std::optional<std::int64_t> from_ms, std::int64_t now_us);
inline constexpr std::int64_t kSkewAllowed_us = 50'000;

std::string local_time(std::int64_t epoch_us);  // "14:03:12.345", in the time zone of the environment

}  // namespace wsf::wsclient
