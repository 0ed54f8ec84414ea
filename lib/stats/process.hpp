#pragma once
// What the kernel says of a process (/proc). Costs a few file reads; any thread.

#include <cstdint>
#include <optional>

namespace wsf::stats {

class Exposition;

struct ProcessUsage {
  std::uint64_t resident_bytes = 0;
  std::uint64_t virtual_bytes = 0;
  double cpu_s = 0;         // user and system, since its start
  double start_time_s = 0;  // since the epoch
  std::uint64_t threads = 0;
};

// std::nullopt when the process is gone. `pid` 0 is this process.
std::optional<ProcessUsage> process_usage(int pid = 0);

// process_resident_memory_bytes, process_virtual_memory_bytes, process_cpu_seconds_total, process_open_fds,
// process_max_fds, process_start_time_seconds, process_threads of this process.
void append_process_metrics(Exposition& exposition);

}  // namespace wsf::stats
