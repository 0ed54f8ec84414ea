#pragma once
// What the live table shows: the newest price of each pair and the figures of the stream as a whole. A model without
// I/O or clock; one thread.

#include "stats/histogram.hpp"
#include "wsclient/server_message.hpp"
#include "wsclient/stream_check.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

inline constexpr std::size_t kTrendPoints = 24;  // of a pair's sparkline
inline constexpr std::size_t kMaxRows = 256;     // pairs beyond are counted, not shown

// What has prices.
enum class Instrument { pair, security };

// "pair", "symbol"
constexpr std::string_view name_of(Instrument instrument) {
  return instrument == Instrument::pair ? "pair" : "symbol";
}

struct PriceRow {
  std::string pair;
  std::optional<RateUpdate> last;
  int decimals = 0;                        // the most that the pair's prices had so far
  double first_rate = 0;                   // what `change` refers to
  int move = 0;                            // of the rate by the last update: -1, 0, 1
  std::int64_t received_us = 0;            // epoch
  std::optional<std::int64_t> latency_us;  // of the last update, where its times make sense
  std::deque<double> trend;                // newest last
  bool stale = false;                      // the server says that it has been silent too long
  std::uint64_t gaps = 0;                  // holes that are not conflations

  std::int64_t age_ms(std::int64_t now_us) const;  // since the event, or since it came when its time makes no sense
  std::optional<double> change_percent() const;    // since the first price that this table saw
  std::optional<double> spread_pips() const;       // nothing without bid and ask
};

// The size of a pip: 0.01 for a pair quoted in yen, else 0.0001.
double pip_of(std::string_view pair);

// From when the event was made (or, if it does not say, when the log took it) until now. Nothing for a snapshot, and
// nothing where clocks plainly disagree: more than 50 ms before, or an hour after, the event.
std::optional<std::int64_t> latency_us(const RateUpdate& update, std::int64_t now_us);

class PriceTable {
 public:
  explicit PriceTable(Instrument instrument = Instrument::pair) : instrument_(instrument) {}

  Instrument instrument() const { return instrument_; }
  void watch(std::string_view pair);  // a row in this place, before any update; known pairs keep theirs
  void unwatch(std::string_view pair);
  void apply(const RateUpdate& update, std::int64_t now_us);
  // Any message of the server; an update is applied. What its place in the stream tells, if it is worth telling.
  std::optional<Finding> take(const ServerMessage& message, std::int64_t now_us);
  void reconnected();

  const std::vector<PriceRow>& rows() const { return rows_; }
  std::uint64_t updates() const { return updates_; }
  const StreamCheck& check() const { return check_; }
  const stats::Histogram& latency() const { return latency_; }  // microseconds

 private:
  PriceRow* find(std::string_view pair);
  void set_stale(std::string_view pair, bool stale);

  const Instrument instrument_;
  std::vector<PriceRow> rows_;
  std::uint64_t updates_ = 0;
  StreamCheck check_;
  stats::Histogram latency_;
};

}  // namespace wsf::wsclient
