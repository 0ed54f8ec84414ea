#include "load/process_watch.hpp"

#include "stats/process.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <functional>
#include <memory>
#include <set>
#include <sstream>
#include <string>

namespace wsf::load {
namespace {

constexpr const char* kListening = "0A";  // TCP_LISTEN in the st column of /proc/net/tcp

// Calls f(name) for each entry of the folder until it returns true; whether it did.
bool any_entry(const std::string& folder, const std::function<bool(const std::string&)>& f) {
  const auto close = [](DIR* d) { closedir(d); };
  const std::unique_ptr<DIR, decltype(close)> dir(opendir(folder.c_str()), close);
  if (!dir) return false;
  while (const dirent* entry = readdir(dir.get())) {
    if (entry->d_name[0] != '.' && f(entry->d_name)) return true;
  }
  return false;
}

std::optional<pid_t> number(const std::string& text) {
  pid_t out = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return out;
}

// The links that /proc/PID/fd shows for sockets that listen on the port: "socket:[12345]".
std::set<std::string> listening_sockets(std::uint16_t port) {
  std::set<std::string> out;
  for (const char* file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream table(file);
    std::string line, sl, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
    std::getline(table, line);
    while (std::getline(table, line)) {
      std::istringstream fields(line);
      fields >> sl >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >> inode;
      if (state == kListening && local.ends_with(fmt::format(":{:04X}", port))) {
        out.insert(fmt::format("socket:[{}]", inode));
      }
    }
  }
  return out;
}

bool holds_one_of(pid_t pid, const std::set<std::string>& sockets) {
  const std::string folder = fmt::format("/proc/{}/fd/", pid);
  return any_entry(folder, [&](const std::string& fd) {
    char link[64];
    const ssize_t size = readlink((folder + fd).c_str(), link, sizeof link);
    return size > 0 && sockets.contains(std::string(link, static_cast<std::size_t>(size)));
  });
}

}  // namespace

std::optional<pid_t> find_listener(std::uint16_t port) {
  const std::set<std::string> sockets = listening_sockets(port);
  std::optional<pid_t> found;
  if (sockets.empty()) return found;
  any_entry("/proc", [&](const std::string& name) {
    const auto pid = number(name);
    if (pid && holds_one_of(*pid, sockets)) found = pid;
    return found.has_value();
  });
  return found;
}

std::map<pid_t, ThreadTime> thread_times(pid_t pid) {
  std::map<pid_t, ThreadTime> out;
  const std::string folder = fmt::format("/proc/{}/task/", pid);
  any_entry(folder, [&](const std::string& name) {
    ThreadTime time;
    std::ifstream file(folder + name + "/schedstat");
    if (const auto thread = number(name); thread && file >> time.run_ns >> time.wait_ns) out[*thread] = time;
    return false;
  });
  return out;
}

CpuUse used_between(const std::map<pid_t, ThreadTime>& before, const std::map<pid_t, ThreadTime>& after) {
  CpuUse out;
  for (const auto& [thread, end] : after) {
    const auto known = before.find(thread);
    const ThreadTime begin = known == before.end() ? ThreadTime{} : known->second;
    const std::int64_t run_ns = end.run_ns - begin.run_ns;
    out.run_ns += run_ns;
    if (run_ns <= out.busiest_thread_ns) continue;
    out.busiest_thread_ns = run_ns;
    out.busiest_wait_ns = end.wait_ns - begin.wait_ns;
  }
  return out;
}

std::uint64_t resident_bytes(pid_t pid) {
  const auto usage = stats::process_usage(pid);
  return usage ? usage->resident_bytes : 0;
}

}  // namespace wsf::load
