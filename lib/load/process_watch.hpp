#pragma once
// What a process and its threads used, read from /proc to the nanosecond, and the search for the process behind a
// port. Linux only; each call costs some file reads, never on the way of an update.

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>

namespace wsf::load {

// The process that listens on the port of this machine; std::nullopt: none, or another user's and we are not root.
std::optional<pid_t> find_listener(std::uint16_t port);

struct ThreadTime {
  std::int64_t run_ns = 0;   // on a CPU
  std::int64_t wait_ns = 0;  // ready to run, but no CPU was free
};

// Of each thread that lives now, by thread id. Empty when the process is gone.
std::map<pid_t, ThreadTime> thread_times(pid_t pid);

struct CpuUse {
  std::int64_t run_ns = 0;  // of all threads
  std::int64_t busiest_thread_ns = 0;
  std::int64_t busiest_wait_ns = 0;  // that thread's wait for a CPU
};

// What was used between two readings, threads that began between them included.
CpuUse used_between(const std::map<pid_t, ThreadTime>& before, const std::map<pid_t, ThreadTime>& after);

// Resident memory; 0 when the process is gone.
std::uint64_t resident_bytes(pid_t pid);

}  // namespace wsf::load
