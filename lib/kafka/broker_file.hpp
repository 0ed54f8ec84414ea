#pragma once
// broker.json: where an embedded broker tells the other programs of the same user that it is there.
// The folder is ${XDG_RUNTIME_DIR:-/tmp/wsfanout-$UID}/wsfanout, mode 0700. A file whose process is gone counts for
// nothing.

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

namespace wsf::kafka {

inline constexpr std::string_view kDefaultBrokers = "127.0.0.1:9092";

struct BrokerNote {
  std::string brokers;
  std::string topic;
  pid_t pid = 0;
};

// The folder for this user and environment; not made yet.
std::string broker_folder();

// Holds the note in place for its lifetime. Written atomically; removed at the end. The note of another process that
// still runs is left alone, and this one then has none: see published().
class PublishedBroker {
 public:
  // Throws base::StartupError(runtime) when the folder cannot be made, or is not this user's alone.
  PublishedBroker(const std::string& brokers, const std::string& topic, const std::string& folder = broker_folder());
  ~PublishedBroker();
  PublishedBroker(const PublishedBroker&) = delete;
  PublishedBroker& operator=(const PublishedBroker&) = delete;
  bool published() const { return published_; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
  bool published_ = false;
};

// The note of a running process, if this user has one. Never throws: what cannot be read or trusted is not there.
std::optional<BrokerNote> find_broker(const std::string& folder = broker_folder());

struct BrokerChoice {
  std::string brokers;
  std::string origin;   // "given", "embedded broker of process 123", "default"
  std::string topic{};  // the embedded broker's; else empty
};

// What was given; else the embedded broker of a running process; else kDefaultBrokers.
BrokerChoice resolve_brokers(const std::string& given, const std::string& folder = broker_folder());

}  // namespace wsf::kafka
