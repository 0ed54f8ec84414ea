#pragma once
// Takes spans from the spool and posts them, on a thread of its own. What fails for the moment is tried again, later
// and later; what comes meanwhile waits in the spool.

#include "base/backoff.hpp"
#include "base/log_limiter.hpp"
#include "base/random_source.hpp"
#include "trace/counters.hpp"
#include "trace/export_verdict.hpp"
#include "trace/http_post.hpp"
#include "trace/otlp_json.hpp"
#include "trace/spool.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace wsf::trace {

struct ExportTimes {
  std::chrono::milliseconds linger{5'000};     // how long spans may wait for company
  std::chrono::milliseconds patience{10'000};  // with one post
  std::chrono::milliseconds flush{3'000};      // for what is left at the end
  base::BackoffLimits retry{std::chrono::milliseconds{1'000}, std::chrono::milliseconds{30'000}};
};

class Exporter {
 public:
  static constexpr std::size_t kMaxBatchSpans = 512;  // in one post; with kMaxTextBytes it bounds the body
  static constexpr int kMaxTries = 6;                 // of one post

  // As HttpPost::send().
  using Post = std::function<base::Result<HttpAnswer>(const std::string& body, std::chrono::milliseconds patience,
                                                      const std::atomic<bool>& give_up)>;

  // `destination`: for the log. Spool and counters must outlive it.
  Exporter(Spool& spool, SpanCounters& counters, Resource resource, std::string destination, Post post,
           const ExportTimes& times = {}, std::function<double()> random = base::random_source());
  // Posts what is left, each piece once, for `flush` and about a second more at most.
  ~Exporter();
  Exporter(const Exporter&) = delete;
  Exporter& operator=(const Exporter&) = delete;

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  void deliver(const std::vector<Span>& spans);
  void settle(const ExportVerdict& verdict, std::uint64_t spans);
  void tell(const ExportVerdict& verdict);
  void pause(std::chrono::milliseconds time);
  std::chrono::milliseconds patience();

  Spool& spool_;
  SpanCounters& counters_;
  const Resource resource_;
  const std::string destination_;
  const Post post_;
  const ExportTimes times_;

  // Of the thread.
  base::Backoff backoff_;
  base::LogLimiter log_;

  std::atomic<bool> give_up_{false};
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false, ended_ = false;
  Clock::time_point stop_at_{};  // once stopping
  std::thread thread_;
};

}  // namespace wsf::trace
