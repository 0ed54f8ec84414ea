#include "stats/process.hpp"

#include "stats/exposition.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>
#include <system_error>
#include <vector>

namespace wsf::stats {
namespace {

std::string read_all(const std::string& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

// When the machine was started, since the epoch. From two clocks rather than /proc/stat, which a service whose /proc
// is restricted to processes cannot read; once, so that a start time does not wander with the clock.
double boot_time_s() {
  static const double boot_s = [] {
    timespec now{}, up{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    ::clock_gettime(CLOCK_BOOTTIME, &up);
    return static_cast<double>(now.tv_sec - up.tv_sec) + static_cast<double>(now.tv_nsec - up.tv_nsec) * 1e-9;
  }();
  return boot_s;
}

// The fields after the command's name, which stands in parentheses and may itself hold spaces and parentheses:
// fields[0] is the third field of proc(5), the state.
std::vector<std::string> stat_fields(const std::string& stat) {
  const std::size_t end_of_name = stat.rfind(')');
  if (end_of_name == stat.npos) return {};
  std::istringstream rest(stat.substr(end_of_name + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

std::uint64_t open_descriptors() {
  std::uint64_t count = 0;
  std::error_code failed;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", failed), end; !failed && entry != end;
       entry.increment(failed))
    ++count;
  return count == 0 ? 0 : count - 1;  // the listing's own
}

double descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  return limit.rlim_cur == RLIM_INFINITY ? std::numeric_limits<double>::infinity()
                                         : static_cast<double>(limit.rlim_cur);
}

}  // namespace

std::optional<ProcessUsage> process_usage(int pid) {
  const std::string folder = pid == 0 ? "/proc/self" : "/proc/" + std::to_string(pid);
  const std::vector<std::string> fields = stat_fields(read_all(folder + "/stat"));
  if (fields.size() < 22) return std::nullopt;
  const auto ticks_per_s = static_cast<double>(::sysconf(_SC_CLK_TCK));
  ProcessUsage usage;
  usage.cpu_s = (std::stod(fields[11]) + std::stod(fields[12])) / ticks_per_s;
  usage.threads = std::stoull(fields[17]);
  usage.start_time_s = boot_time_s() + std::stod(fields[19]) / ticks_per_s;
  usage.virtual_bytes = std::stoull(fields[20]);
  usage.resident_bytes = std::stoull(fields[21]) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  return usage;
}

void append_process_metrics(Exposition& exposition) {
  const ProcessUsage usage = process_usage().value_or(ProcessUsage{});
  exposition.gauge("process_resident_memory_bytes", "Resident memory size in bytes.",
                   static_cast<double>(usage.resident_bytes));
  exposition.gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.",
                   static_cast<double>(usage.virtual_bytes));
  exposition.family("process_cpu_seconds_total", "counter", "User and system CPU time spent in seconds.");
  exposition.sample(usage.cpu_s);
  exposition.gauge("process_open_fds", "Number of open file descriptors.", static_cast<double>(open_descriptors()));
  exposition.gauge("process_max_fds", "Maximum number of open file descriptors.", descriptor_limit());
  exposition.gauge("process_start_time_seconds", "Start time of the process since the epoch in seconds.",
                   usage.start_time_s);
  exposition.gauge("process_threads", "Number of threads of the process.", static_cast<double>(usage.threads));
}

}  // namespace wsf::stats
