#pragma once
// Everything that one run measured, and what it says about the server. Plain values: filled by the run, judged and
// shown by others.

#include "load/chain_ledger.hpp"
#include "load/expectation.hpp"
#include "load/publisher.hpp"
#include "load/server_counters.hpp"
#include "load/tally.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace wsf::load {

struct Quantiles {
  double p50_ms = 0, p90_ms = 0, p95_ms = 0, p99_ms = 0, max_ms = 0;
  std::uint64_t count = 0;  // 0: no sample, the others mean nothing
};

// `units_per_ms`: of the recorded values.
Quantiles quantiles_of(const stats::Histogram& histogram, double units_per_ms = 1e6);

struct ConnectionsOutcome {
  std::uint64_t wanted = 0, subscribed = 0, failed = 0;
  std::uint64_t closed = 0;      // by the server or the network, after the subscription
  std::uint16_t close_code = 0;  // of the last of these
  std::uint64_t away = 0;        // subscribed once, but not at the end
  std::string first_failure;     // why the first of the failed ones failed
  double ramp_s = 0;
  Quantiles connect;
};

struct DeliveryOutcome {
  std::uint64_t expected = 0;           // events of the window times the subscriptions to their pairs
  std::uint64_t received = 0;           // of these
  std::uint64_t all_delivered = 0;      // warm-up included
  std::uint64_t short_connections = 0;  // that got less than they should
  std::uint32_t worst_connection = 0;   // and who misses most
  std::uint64_t worst_missing = 0;
  std::uint64_t bytes = 0;  // read during the run, warm-up included
  std::uint64_t window_bytes = 0,
                window_messages = 0;  // from the window's start, as seen 5 ms late at most, to the end of the drain
  Counts counts;
  Quantiles latency;

  std::uint64_t lost() const { return expected > received ? expected - received : 0; }
  double reach_percent() const;
};

// A time in which the measured latency is not the server's own doing. What was due then is delivered and counted like
// the rest, but timed apart.
struct Disturbance {
  enum class Kind { outage, storm } kind = Kind::outage;
  double from_s = 0, to_s = 0;  // since the window's start
  Quantiles latency;
};

const char* name_of(Disturbance::Kind kind);  // "outage"

struct StormOutcome {            // all connections were lost at once, and came back
  std::uint64_t lost = 0;        // how many
  std::optional<double> back_s;  // until the last was subscribed again; std::nullopt: not all are back
  std::uint64_t retried = 0;     // tries that failed and were made again
  Quantiles connect;
};

struct StalledOutcome {  // connections that did not read
  std::uint64_t wanted = 0, stalled = 0;
  std::uint64_t closed_as_slow = 0;  // with 4000 or 4002
  std::uint64_t closed_otherwise = 0;
};

struct ServerOutcome {  // of the process behind the port
  pid_t pid = 0;
  bool gone = false;                   // it ended before the run did: nobody knows what CPU it used
  std::uint64_t rss_before_bytes = 0;  // with one connection: what a process makes once is made
  std::uint64_t rss_idle_bytes = 0;    // all connections open, nothing published yet
  std::uint64_t rss_max_bytes = 0;
  double ramp_cpu_s = 0;                         // handshakes and subscriptions of all connections but the first
  double run_cpu_s = 0;                          // from the first event to the end of the drain
  double window_cpu_share = 0;                   // of one core, within the window
  std::optional<std::int64_t> rss_growth_bytes;  // from 30 s after the window's start to the end of a longer one
};

struct GeneratorOutcome {
  double cpu_share = 0;  // of one core, within the window
  double busiest_thread_share = 0;
  double busiest_wait_share = 0;  // how long that thread was ready but had no CPU
  Quantiles read_wait;            // how long what came lay in its socket until it was read, which counts as latency
  std::uint64_t rss_bytes = 0;
  std::uint64_t threads = 1;
};

struct PublisherOutcome {
  std::uint64_t window_events = 0, confirmed = 0, failed = 0;
  std::uint64_t unheard = 0;  // of the confirmed: the broker had nobody to pass them on to
  std::string last_error;
  Lateness lateness;
  double max_lateness_ms = kMaxLateness.count();  // at the 99th percentile; later than that, and the verdict is void
};

struct ChurnOutcome {  // clients that came and went beside the steady ones
  double wanted_per_s = 0, reached_per_s = 0;
  std::uint64_t opened = 0, completed = 0, failed = 0;
  std::string first_failure;
  Quantiles connect;
  // Of the server, before and after, once it had the time to clean up; std::nullopt: it does not tell.
  std::optional<ServerCounters> before, after;

  std::optional<double> leaked() const;  // sessions and subscriptions that it has more of than before
};

// What was seen of the server and the connections each second, for plots.
struct Sample {
  double at_s = 0;  // since the window's start; negative in the ramp and the warm-up
  std::uint64_t subscribed = 0, live = 0, delivered = 0;
  std::uint64_t server_rss_bytes = 0;  // 0: no such process
  double server_cpu_share = 0;         // of one core, since the sample before
};

struct TimeSlot {   // what was due from here to the next
  double at_s = 0;  // since the window's start
  Quantiles latency;
};

struct StagesOutcome {  // over the events
  Quantiles broker;     // due until confirmed by it
  Quantiles server;     // from then until the first client has it
  Quantiles fan_out;    // from then until the last client has it
  // As the server tells it of each update, in whole milliseconds, by the clocks of up to three machines; when
  // verifying:
  Quantiles logged_to_sent, sent_to_received;
};

struct Outcome {
  std::string url, run;
  std::string protocol = "fx-rates";
  std::string broker = "Kafka";  // where the events go on their way to the server
  bool listening = false;
  bool interrupted = false;
  bool ended_by_server = false;                       // no connection was left before the window was over
  std::int64_t window_from_ns = 0, window_to_ns = 0;  // epoch: events due within count
  double window_s = 0;  // as measured: shorter than asked for when interrupted or ended_by_server
  double run_s = 0;     // from the first event to the end of the drain
  ConnectionsOutcome connections;
  DeliveryOutcome delivery;
  std::optional<ServerOutcome> server;
  GeneratorOutcome generator;
  std::optional<PublisherOutcome> publisher;  // absent when listening
  StagesOutcome stages;
  std::optional<ChainCounts> chains;  // when verifying, or where clients hold documents
  std::optional<DocumentsOutcome> documents;
  std::vector<Disturbance> disturbances;
  std::optional<StormOutcome> storm;
  std::optional<StalledOutcome> stalled;
  std::optional<ChurnOutcome> churn;
  std::vector<Sample> samples;
  std::vector<TimeSlot> over_time;                     // without those of which nothing came
  std::vector<std::pair<double, double>> percentiles;  // of the latency: 0 to 1, ms
};

// What went to the clients within the window, per minute: frames and their headers, compressed where they are.
std::optional<double> mb_per_minute(const Outcome& outcome);

// The measured value of a metric; std::nullopt: not measured (no server process, nothing delivered, nothing due).
std::optional<double> value_of(Metric metric, const Outcome& outcome);

struct Checked {
  Expectation expectation;
  std::optional<double> measured;
  bool met = false;
};

struct Verdict {
  enum class Kind { pass, fail, invalid } kind = Kind::pass;  // invalid: shown as VOID
  std::vector<std::string> void_reasons;
  std::vector<Checked> checks;
};

// Whether the generator's busiest thread used more than 80 % of a core: then it may have measured itself. A server
// that went away at once leaves a window in which the generator did little but see its connections end: that says
// nothing of it.
bool generator_was_busy(const Outcome& outcome);

// Whether at the 95th percentile more than half of the latency, and 5 ms at least, passed in the clients' sockets: in
// bursts the generator has less CPU than it needs, however idle it is between them.
bool generator_lagged(const Outcome& outcome);

// Fails when an expectation is missed; one about something that was not measured is. Unless an expectation names
// closed, closed==0 is one; so are unexpected==0, breaks==0 of a run that verified, and churn_errors==0 and leaked==0
// of one with churn. What is wrong outside the server makes the verdict void instead, with one exception: when the
// server closed more connections than expected, only a busy generator, which may have earned that, voids it.
Verdict judge(const Outcome& outcome, const std::vector<Expectation>& expectations);

const char* name_of(Verdict::Kind kind);  // "PASS", "FAIL", "VOID"

// The block for people, ready to print, coloured or not.
std::string verdict_text(const Outcome& outcome, const Verdict& verdict, bool colour);
// One JSON object with everything above, ending in a newline.
std::string verdict_json(const Outcome& outcome, const Verdict& verdict);

}  // namespace wsf::load
