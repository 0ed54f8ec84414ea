#include "kafka/broker_file.hpp"

#include "base/exit_codes.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace wsf::kafka {
namespace {

constexpr std::size_t kMaxNoteBytes = 4096;

class File {
 public:
  File(const std::string& path, int flags) : fd_(::open(path.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, 0600)) {}
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int fd() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::string note_path(const std::string& folder) {
  return folder + "/broker.json";
}

// A folder that is a link, or another's, or open to others, could be swapped under us.
bool is_ours_alone(const std::string& folder) {
  struct stat status {};
  if (::lstat(folder.c_str(), &status) != 0) return false;
  return S_ISDIR(status.st_mode) && status.st_uid == ::geteuid() && (status.st_mode & 077) == 0;
}

[[noreturn]] void fail(const std::string& path, const std::string& why) {
  throw base::StartupError(
      base::Exit::runtime,
      fmt::format("cannot publish the embedded broker in {}: {} (set XDG_RUNTIME_DIR to a folder "
                  "of your own)",
                  path, why));
}

void make_folder(const std::string& folder) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) fail(folder, std::strerror(errno));
  if (!is_ours_alone(folder)) fail(folder, "it belongs to another user, or is open to others");
}

std::string parent_of(const std::string& folder) {
  return folder.substr(0, folder.rfind('/'));
}

std::optional<BrokerNote> parse_note(const std::string& text) {
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto brokers = json.find("brokers");
  const auto topic = json.find("topic");
  const auto pid = json.find("pid");
  if (brokers == json.end() || !brokers->is_string() || topic == json.end() || !topic->is_string())
    return std::nullopt;
  if (pid == json.end() || !pid->is_number_integer()) return std::nullopt;
  return BrokerNote{brokers->get<std::string>(), topic->get<std::string>(), pid->get<pid_t>()};
}

std::optional<BrokerNote> read_note(const std::string& folder) {
  if (!is_ours_alone(folder)) return std::nullopt;
  const File file(note_path(folder), O_RDONLY);
  if (!file) return std::nullopt;
  std::string text(kMaxNoteBytes, '\0');
  const ssize_t got = ::read(file.fd(), text.data(), text.size());
  if (got <= 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(got));
  return parse_note(text);
}

bool is_running(pid_t pid) {
  return pid > 0 && (::kill(pid, 0) == 0 || errno == EPERM);
}

}  // namespace

std::string broker_folder() {
  const char* runtime = std::getenv("XDG_RUNTIME_DIR");
  if (runtime != nullptr && runtime[0] == '/') return std::string(runtime) + "/wsfanout";
  return fmt::format("/tmp/wsfanout-{}/wsfanout", ::getuid());
}

PublishedBroker::PublishedBroker(const std::string& brokers, const std::string& topic, const std::string& folder)
    : path_(note_path(folder)) {
  // XDG_RUNTIME_DIR is there already; the one under /tmp is made, and must be ours as well.
  if (parent_of(folder).starts_with("/tmp/wsfanout-")) make_folder(parent_of(folder));
  make_folder(folder);
  if (const auto other = find_broker(folder); other && other->pid != ::getpid()) return;
  const nlohmann::json note{{"brokers", brokers}, {"topic", topic}, {"pid", ::getpid()}};
  const std::string text = note.dump() + "\n";
  const std::string fresh = fmt::format("{}.{}", path_, ::getpid());
  ::unlink(fresh.c_str());
  {
    const File file(fresh, O_WRONLY | O_CREAT | O_EXCL);
    if (!file || ::write(file.fd(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      fail(fresh, std::strerror(errno));
    }
  }
  if (::rename(fresh.c_str(), path_.c_str()) != 0) fail(path_, std::strerror(errno));
  published_ = true;
}

PublishedBroker::~PublishedBroker() {
  const auto note = read_note(parent_of(path_));
  if (note && note->pid == ::getpid()) ::unlink(path_.c_str());
}

std::optional<BrokerNote> find_broker(const std::string& folder) {
  auto note = read_note(folder);
  if (!note || note->brokers.empty() || !is_running(note->pid)) return std::nullopt;
  return note;
}

BrokerChoice resolve_brokers(const std::string& given, const std::string& folder) {
  if (!given.empty()) return {given, "given"};
  if (const auto note = find_broker(folder)) {
    return {note->brokers, fmt::format("embedded broker of process {}", note->pid), note->topic};
  }
  return {std::string(kDefaultBrokers), "default"};
}

}  // namespace wsf::kafka
