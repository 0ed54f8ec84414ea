#pragma once
// Pieces of text that lines for people are made of. Pure; any thread.

#include "wsclient/price_table.hpp"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

inline constexpr std::size_t kMaxWords = 200;  // columns of what the server says, in a line for people

// With its sign: "+1.50", "-0.20", "+0.00".
std::string signed_text(const Price& price);

// Of UTF-8 whose characters are one column wide.
std::size_t columns_of(std::string_view text);

// `text` in at most `columns` columns; control characters become "?", and so does what is not ASCII without
// `unicode`.
std::string fit(std::string_view text, std::size_t columns, bool unicode);

// The values as blocks of eight heights, from the lowest to the highest of them; the last `columns` of them.
std::string sparkline(const std::deque<double>& values, std::size_t columns);

// "1,204 updates", "1 update".
std::string counted(std::uint64_t count, std::string_view thing);

// "2 pairs: EURUSD USDJPY"; a long list is cut.
std::string pairs_text(const std::vector<std::string>& pairs, Instrument instrument = Instrument::pair);

// "14:03:12.345 EURUSD 1.08523 bid 1.08518 ask 1.08528 3 ms", or "14:03:12.345 AAPL 151.75 +1.50 (+1.00 %) 3 ms": an
// update for terminals that are not redrawn. `clock` comes first if it is not empty.
std::string update_line(const RateUpdate& update, std::string_view clock, std::int64_t now_us);

// "p50 3 ms p99 11 ms"; "" before anything was measured.
std::string latency_quantiles(const stats::Histogram& latency_us);

// The same with the greatest: "p50 3 ms p99 11 ms max 20 ms".
std::string latency_range(const stats::Histogram& latency_us);

// "1,204 updates of 2 pairs in 1m12s, p50 3 ms p99 11 ms max 20 ms, gaps 0, reconnects 0": what is told at
// the end. Latency and gaps only where they could be seen, conflated updates only if there were any.
std::string summary_line(const PriceTable& table, std::int64_t elapsed_ms, std::uint64_t reconnects);

}  // namespace wsf::wsclient
