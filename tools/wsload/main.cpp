// wsload: opens thousands of WebSocket connections, and proves what a server can carry.

#include "base/exit_codes.hpp"
#include "base/standard_streams.hpp"
#include "base/terminal.hpp"
#include "base/units.hpp"
#include "options.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>

namespace {

using wsf::base::Exit;
using wsf::base::StartupError;
using namespace wsf::load;

constexpr rlim_t kOwnDescriptors = 64;  // Kafka, loops, /proc

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

void fit_descriptors(std::uint32_t connections) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  if (limit.rlim_max == RLIM_INFINITY || connections + kOwnDescriptors <= limit.rlim_max) return;
  throw StartupError(
      Exit::usage,
      fmt::format("--connections {} does not fit this process's limit of {} open files: at most {} (raise "
                  "the hard limit: ulimit -Hn)",
                  connections, static_cast<std::uint64_t>(limit.rlim_max),
                  static_cast<std::uint64_t>(limit.rlim_max - kOwnDescriptors)));
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
    throw StartupError(Exit::usage,
                       "--expect rss and cpu need the server's process on this machine: give --server-pid");
  }
  if (options.load.server_pid && resident_bytes(*options.load.server_pid) == 0) {
    throw StartupError(Exit::usage, fmt::format("--server-pid {}: no such process", *options.load.server_pid));
  }
}

// Opened before the run: a minute's result must not be lost to a mistyped path.
std::ofstream open_json(const std::string& path) {
  std::ofstream out;
  if (path.empty() || path == "-") return out;
  out.open(path);
  if (!out) throw StartupError(Exit::usage, fmt::format("--json {}: cannot write to it", path));
  return out;
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

int load(wsload::Options options) {
  fit_descriptors(options.load.connections + (options.load.churn_per_s > 0 ? Churn::kMostAtOnce : 0));
  fit_expectations(options);
  std::ofstream json = open_json(options.json_path);
  watch_signals();
  LoadRun run(options.load);
  const Outcome outcome = run.run(interrupted);
  const Verdict verdict = judge(outcome, options.expectations);
  const bool printed =
      wsf::base::print_out(options.json_path == "-" ? verdict_json(outcome, verdict)
                                                    : verdict_text(outcome, verdict, wsf::base::colour(1)));
  if (json.is_open() && !(json << verdict_json(outcome, verdict) << std::flush)) {
    wsf::base::tell("wsload", "cannot write all of " + options.json_path);
    return static_cast<int>(Exit::runtime);
  }
  return printed ? exit_code(outcome, verdict) : static_cast<int>(Exit::runtime);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    auto options = wsload::read_options(argc, argv);
    if (const int* code = std::get_if<int>(&options)) return *code;
    return load(std::get<wsload::Options>(std::move(options)));
  } catch (const StartupError& error) {
    wsf::base::tell("wsload", error.what());
    return static_cast<int>(error.code());
  }
}
