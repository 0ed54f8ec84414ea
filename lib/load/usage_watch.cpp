#include "load/usage_watch.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace wsf::load {
namespace {

double seconds(std::int64_t ns) {
  return static_cast<double>(ns) / 1e9;
}

double share(std::int64_t ns, std::int64_t span_ns) {
  return static_cast<double>(ns) / static_cast<double>(std::max<std::int64_t>(1, span_ns));
}

}  // namespace

void UsageWatch::begin(std::optional<pid_t> server) {
  if (!server) return;
  server_.emplace();
  server_->pid = *server;
  server_->rss_before_bytes = resident_bytes(*server);
  before_ramp_ = thread_times(*server);
}

void UsageWatch::ramped() {
  if (server_) server_->ramp_cpu_s = seconds(used_between(before_ramp_, thread_times(server_->pid)).run_ns);
}

void UsageWatch::settled() {
  if (server_) server_->rss_idle_bytes = resident_bytes(server_->pid);
}

void UsageWatch::run_begins() {
  if (server_) before_run_ = thread_times(server_->pid);
}

void UsageWatch::window_begins(std::int64_t now_ns) {
  window_from_ns_ = now_ns;
  own_before_window_ = thread_times(getpid());
  if (server_) before_window_ = thread_times(server_->pid);
}

void UsageWatch::window_ends(std::int64_t now_ns) {
  const std::int64_t span_ns = now_ns - window_from_ns_;
  const CpuUse own = used_between(own_before_window_, thread_times(getpid()));
  generator_.cpu_share = share(own.run_ns, span_ns);
  generator_.busiest_thread_share = share(own.busiest_thread_ns, span_ns);
  generator_.busiest_wait_share = share(own.busiest_wait_ns, span_ns);
  generator_.rss_bytes = resident_bytes(getpid());
  if (!server_) return;
  server_->window_cpu_share = share(used_between(before_window_, thread_times(server_->pid)).run_ns, span_ns);
}

void UsageWatch::run_ends() {
  if (!server_) return;
  server_->run_cpu_s = seconds(used_between(before_run_, thread_times(server_->pid)).run_ns);
  server_->gone = resident_bytes(server_->pid) == 0;
}

void UsageWatch::sample(Sample& out, std::int64_t now_ns) {
  if (!server_) return;
  out.server_rss_bytes = resident_bytes(server_->pid);
  server_->rss_max_bytes = std::max(server_->rss_max_bytes, out.server_rss_bytes);
  Times times = thread_times(server_->pid);
  if (sampled_ns_ != 0) out.server_cpu_share = share(used_between(sampled_, times).run_ns, now_ns - sampled_ns_);
  sampled_ = std::move(times);
  sampled_ns_ = now_ns;
}

}  // namespace wsf::load
