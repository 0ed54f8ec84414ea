// ratepub: publishes FX rates or trading events to Kafka, notifications or quotes to Redis, or serves quotes by gRPC;
// records and replays rates.

#include "base/clock.hpp"
#include "base/exit_codes.hpp"
#include "base/standard_streams.hpp"
#include "options.hpp"
#include "publishing.hpp"
#include "quote_serving.hpp"
#include "recording.hpp"
#include "redis_publishing.hpp"

#include <signal.h>

#include <atomic>
#include <cstdio>
#include <exception>

namespace {

using wsf::base::Exit;

std::atomic<bool> stop{false};  // a signal handler can reach nothing else
std::atomic<int> by_signal{0};

void on_signal(int signal) {
  by_signal = signal;
  stop = true;
}

// The first signal ends the run in good order, the second at once.
void watch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGINT, SIGTERM}) sigaction(signal, &action, nullptr);
}

bool mint(const ratepub::MintPlan& plan) {
  const auto token = ratepub::mint(plan, wsf::base::epoch_ms() / 1000);
  if (!token) wsf::base::refuse(token.error().message);
  std::puts(token->c_str());
  return true;
}

bool run(const ratepub::Options& options) {
  if (options.task == ratepub::Options::Task::mint) return mint(options.mint);
  if (options.task == ratepub::Options::Task::record) return ratepub::record(options, stop);
  if (options.dry_run) return ratepub::publish_to_stdout(options, stop);
  if (options.grpc_listen) return ratepub::serve_quotes(options, stop);
  return ratepub::goes_to_redis(options.protocol) ? ratepub::publish_to_redis(options, stop)
                                                  : ratepub::publish_to_kafka(options, stop);
}

int run_until_signal(const ratepub::Options& options) {
  watch_signals();
  const bool all = run(options);
  if (by_signal != 0) return 128 + by_signal;
  return static_cast<int>(all ? Exit::ok : Exit::runtime);
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto options = ratepub::read_options(argc, argv);
    if (const int* code = std::get_if<int>(&options)) return *code;
    return run_until_signal(std::get<ratepub::Options>(options));
  } catch (const wsf::base::StartupError& e) {
    wsf::base::tell("ratepub", e.what());
    return static_cast<int>(e.code());
  } catch (const std::exception& e) {
    wsf::base::tell("ratepub", e.what());
    return static_cast<int>(Exit::runtime);
  }
}
