#include "trace/exporter.hpp"

#include <pthread.h>
#include <signal.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace wsf::trace {
namespace {

using std::chrono::milliseconds;

// OpenSSL writes to a connection that the collector has closed.
void block_sigpipe() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace

Exporter::Exporter(Spool& spool, SpanCounters& counters, Resource resource, std::string destination, Post post,
                   const ExportTimes& times, std::function<double()> random)
    : spool_(spool),
      counters_(counters),
      resource_(std::move(resource)),
      destination_(std::move(destination)),
      post_(std::move(post)),
      times_(times),
      backoff_(std::move(random), times.retry),
      thread_([this] { run(); }) {}

Exporter::~Exporter() {
  spool_.close();
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    stop_at_ = Clock::now() + times_.flush;
    changed_.notify_all();
    changed_.wait_until(lock, stop_at_, [this] { return ended_; });
  }
  give_up_ = true;
  thread_.join();
}

void Exporter::run() {
  block_sigpipe();
  for (;;) {
    const bool last = spool_.closed();
    const std::vector<Span> spans = spool_.take(kMaxBatchSpans, times_.linger);
    if (!spans.empty()) {
      deliver(spans);
    } else if (last) {
      break;
    }
  }
  const std::lock_guard lock(mutex_);
  ended_ = true;
  changed_.notify_all();
}

void Exporter::deliver(const std::vector<Span>& spans) {
  const std::string body = export_request(resource_, spans);
  for (int tries = 1;; ++tries) {
    const bool last = spool_.closed();
    const milliseconds left = patience();
    if (left.count() <= 0) return counters_.drop(Dropped::stopped, spans.size());
    const ExportVerdict verdict = judge(post_(body, left, give_up_));
    if (!verdict.why.empty()) tell(verdict);
    if (verdict.fate == ExportVerdict::Fate::taken) return settle(verdict, spans.size());
    ++counters_.export_failures;
    if (verdict.fate == ExportVerdict::Fate::refused) return counters_.drop(Dropped::refused, spans.size());
    if (last) return counters_.drop(Dropped::stopped, spans.size());
    if (tries == kMaxTries) return counters_.drop(Dropped::undelivered, spans.size());
    pause(backoff_.next({.least = verdict.not_before, .most = verdict.not_before}));
  }
}

void Exporter::settle(const ExportVerdict& verdict, std::uint64_t spans) {
  backoff_.reset();
  const std::uint64_t rejected = std::min(verdict.rejected, spans);
  counters_.exported += spans - rejected;
  counters_.drop(Dropped::refused, rejected);
}

void Exporter::tell(const ExportVerdict& verdict) {
  const bool taken = verdict.fate == ExportVerdict::Fate::taken;
  const auto kept_back = log_.allow(taken ? "remark" : "failure", Clock::now());
  if (!kept_back) return;
  spdlog::warn("{} {}: {} ({} such lines kept back)", taken ? "spans: a remark of" : "spans cannot be delivered to",
               destination_, verdict.why, *kept_back);
}

// Shorter when the end has come.
void Exporter::pause(milliseconds time) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, time, [this] { return stopping_; });
}

// With the next post; 0 and below: there is no more time.
milliseconds Exporter::patience() {
  const std::lock_guard lock(mutex_);
  if (!stopping_) return times_.patience;
  return std::min(times_.patience, std::chrono::duration_cast<milliseconds>(stop_at_ - Clock::now()));
}

}  // namespace wsf::trace
