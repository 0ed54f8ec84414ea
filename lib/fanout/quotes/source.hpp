#pragma once
// Where quotes come from: one stream for the whole server, of the symbols that somebody here has asked for.

#include "protocol/quote.hpp"
#include "stats/bucket_histogram.hpp"
#include "stats/exposition.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::fanout {

// Called on the source's thread, one call at a time. While it is held up nothing is read.
class QuoteSink {
 public:
  virtual ~QuoteSink() = default;
  virtual void on_quotes(std::span<const protocol::QuoteEvent> quotes) = 0;  // in the order of each symbol
  virtual void on_up() = 0;
  virtual void on_down() = 0;  // also for each attempt that fails
};

class QuoteSource {
 public:
  // What becomes of the clients when it has been lost for longer than --upstream-grace.
  enum class Loss {
    told,  // they stay, and are told once
    ends,  // they are told, and closed with 1013
  };

  virtual ~QuoteSource() = default;
  virtual Loss loss() const = 0;

  // Does not wait for the other side, which is tried for ever; the sink must outlive stop(). Throws
  // base::StartupError.
  virtual void start(QuoteSink& sink) = 0;
  virtual void stop() = 0;  // no call of the sink after it, and no effect of the two below

  // After start(). Counted: a symbol's quotes are asked for from its first subscribe() to its last unsubscribe(),
  // over all shards. Any thread; never waits.
  virtual void subscribe(const std::string& symbol) = 0;
  virtual void unsubscribe(const std::string& symbol) = 0;

  // Any thread, from here on.
  virtual std::string summary() const = 0;         // "from the channels ... of ...": for the log
  virtual std::string_view component() const = 0;  // as health names it
  virtual std::string_view why_not_ready() const = 0;
  virtual std::uint64_t redis_subscriptions() const = 0;  // that Redis has confirmed
  // How long its streams lasted, in buckets of grpc::StreamCounters::kDurationBoundsUs.
  virtual std::vector<const stats::BucketHistogram*> stream_durations() const { return {}; }
  virtual void append_metrics(stats::Exposition& out) const = 0;
};

}  // namespace wsf::fanout
