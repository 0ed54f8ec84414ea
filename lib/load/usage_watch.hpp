#pragma once
// What the server's process and this one used in the parts of a run: CPU from reading to reading, memory at its
// moments. Calls in the order in which they stand here, all on the run's thread.

#include "load/outcome.hpp"
#include "load/process_watch.hpp"

#include <cstdint>
#include <map>
#include <optional>

namespace wsf::load {

class UsageWatch {
 public:
  // With one connection open: what a process makes once is made. No server: only this process is watched.
  void begin(std::optional<pid_t> server);
  void ramped();   // every connection was tried
  void settled();  // nothing published yet
  void run_begins();
  void window_begins(std::int64_t now_ns);  // steady clock
  void window_ends(std::int64_t now_ns);
  void run_ends();

  // At any time after begin(): the server's part of a sample, its CPU since the sample before.
  void sample(Sample& out, std::int64_t now_ns);

  const std::optional<ServerOutcome>& server() const { return server_; }
  const GeneratorOutcome& generator() const { return generator_; }  // of the window; `threads` is the caller's matter

 private:
  using Times = std::map<pid_t, ThreadTime>;

  std::optional<ServerOutcome> server_;
  GeneratorOutcome generator_;
  Times before_ramp_, before_run_, before_window_, own_before_window_, sampled_;
  std::int64_t window_from_ns_ = 0, sampled_ns_ = 0;
};

}  // namespace wsf::load
