// wsload: opens thousands of WebSocket connections, and proves what a server can carry.

#include "base/exit_codes.hpp"
#include "base/standard_streams.hpp"
#include "base/terminal.hpp"
#include "base/units.hpp"
#include "capacity.hpp"
#include "compare.hpp"
#include "load/report.hpp"
#include "options.hpp"
#include "output_file.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>

namespace {

using wsf::base::Exit;
using wsf::base::refuse;
using namespace wsf::load;

constexpr rlim_t kOwnDescriptors = 64;  // Kafka, loops, /proc
constexpr rlim_t kMostConnections = 1'000'000;

std::atomic<bool> interrupted{false};  // a signal handler can reach nothing else
std::atomic<int> by_signal{0};

void on_signal(int signal) {
  interrupted = true;
  by_signal = signal;
}

// The first signal ends the run in good order, the second at once.
void watch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
}

// The connections that this process may hold.
rlim_t fit_descriptors(const wsload::Options& options) {
  const rlim_t own = kOwnDescriptors + (options.load.churn_per_s > 0 ? Churn::kMostAtOnce : 0);
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return options.load.connections;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t most =
      limit.rlim_max == RLIM_INFINITY ? kMostConnections : limit.rlim_max - std::min(limit.rlim_max, own);
  if (options.load.connections <= most) return std::min(most, kMostConnections);
  refuse(fmt::format(
      "--connections {} does not fit this process's limit of {} open files: at most {} (raise "
      "the hard limit: ulimit -Hn)",
      options.load.connections, static_cast<std::uint64_t>(limit.rlim_max), static_cast<std::uint64_t>(most)));
}

// What --expect asks for must be measurable before ten thousand connections are opened for it.
void fit_expectations(wsload::Options& options) {
  if (!options.load.server_pid && options.load.route.target.is_loopback()) {
    options.load.server_pid = find_listener(options.load.url.port);
  }
  const bool wanted = std::any_of(options.expectations.begin(), options.expectations.end(),
                                  [](const Expectation& e) { return e.needs_server_process(); });
  const bool listens = options.load.route.target.is_loopback() && !options.load.server_pid;
  if (wanted && !options.load.server_pid && !listens) {
    refuse("--expect rss and cpu need the server's process on this machine: give --server-pid");
  }
  if (options.load.server_pid && resident_bytes(*options.load.server_pid) == 0) {
    refuse(fmt::format("--server-pid {}: no such process", *options.load.server_pid));
  }
}

int exit_code(const Outcome& outcome, const Verdict& verdict) {
  if (outcome.interrupted) return 128 + by_signal;
  switch (verdict.kind) {
    case Verdict::Kind::pass:
      return static_cast<int>(Exit::ok);
    case Verdict::Kind::fail:
      return static_cast<int>(Exit::threshold_missed);
    case Verdict::Kind::invalid:
      break;
  }
  return static_cast<int>(Exit::runtime);
}

bool write(std::ofstream& file, const std::string& path, const std::string& text) {
  if (!file.is_open() || file << text << std::flush) return true;
  wsf::base::tell("wsload", "cannot write all of " + path);
  return false;
}

int load(wsload::Options options) {
  const rlim_t most = fit_descriptors(options);
  fit_expectations(options);
  watch_signals();
  if (options.capacity != wsload::Capacity::none) {
    options.most_connections = static_cast<double>(most);
    const int code = wsload::find_capacity(options, interrupted);
    return interrupted ? 128 + by_signal : code;
  }
  std::ofstream json = wsload::open_output(options.json_path, "--json");
  std::ofstream report = wsload::open_output(options.report_path, "--report");
  LoadRun run(options.load);
  const Outcome outcome = run.run(interrupted);
  const Verdict verdict = judge(outcome, options.expectations);
  bool told = wsf::base::print_out(options.json_path == "-" ? verdict_json(outcome, verdict)
                                                            : verdict_text(outcome, verdict, wsf::base::colour(1)));
  told &= write(json, options.json_path, verdict_json(outcome, verdict));
  told &= write(report, options.report_path, report_html(outcome, verdict));
  return told ? exit_code(outcome, verdict) : static_cast<int>(Exit::runtime);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    auto options = wsload::read_options(argc, argv);
    if (const int* code = std::get_if<int>(&options)) return *code;
    if (const auto* comparison = std::get_if<wsload::Comparison>(&options)) return wsload::compare(*comparison);
    return load(std::get<wsload::Options>(std::move(options)));
  } catch (const wsf::base::StartupError& error) {
    wsf::base::tell("wsload", error.what());
    return static_cast<int>(error.code());
  }
}
