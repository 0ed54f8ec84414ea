#include "recording.hpp"

#include "base/clock.hpp"
#include "base/exit_codes.hpp"
#include "base/standard_streams.hpp"
#include "base/units.hpp"
#include "kafka/consumer.hpp"
#include "load/progress_line.hpp"
#include "load/recorder.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <limits>
#include <memory>
#include <system_error>

namespace ratepub {
namespace {

namespace base = wsf::base;
namespace kafka = wsf::kafka;
namespace load = wsf::load;

constexpr std::chrono::milliseconds kLook{100};
constexpr mode_t kFileMode = 0644;

std::string text_of(int error) {
  return std::generic_category().message(error);
}

struct Close {
  void operator()(std::FILE* file) const {
    if (file != stdout) std::fclose(file);
  }
};
using File = std::unique_ptr<std::FILE, Close>;

// A recording cannot be made again: whoever types --record for --replay must not lose it.
File open_new(const std::string& path) {
  const auto refuse = [&](const std::string& why) {
    base::refuse(fmt::format("cannot record into {}: {}", path, why));
  };
  if (path == "-") return File(stdout);
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, kFileMode);
  if (fd < 0) refuse(text_of(errno));
  File file(::fdopen(fd, "w"));
  struct stat about {};
  if (::fstat(fd, &about) == 0 && S_ISREG(about.st_mode) && about.st_size > 0) {
    refuse("it holds something already (choose another file, or remove it)");
  }
  return file;
}

kafka::ConsumerOptions reading(const Options& options) {
  kafka::ConsumerOptions out;
  out.connection = options.kafka.connection;
  out.topics = {options.kafka.topic};
  out.group = "ratepub";  // the client library wants one; nothing is committed under it
  out.commits = false;
  out.tail_records_per_partition = options.record.from_start ? std::numeric_limits<std::int64_t>::max() : 0;
  return out;
}

// Until what comes from now on is sure to be recorded. False: `stop` was set.
bool wait_until_reading(const kafka::Consumer& consumer, load::Recorder& recorder, const Options& options,
                        const std::atomic<bool>& stop) {
  const auto end_ms = base::steady_ms() + options.timeout.count();
  while (!stop) {
    if (recorder.wait(kLook) || recorder.at_head() || recorder.records() > 0) return true;
    if (base::steady_ms() < end_ms) continue;
    const auto where = options.kafka.where + ", topic " + options.kafka.topic;
    throw base::StartupError(
        base::Exit::cannot_connect,
        fmt::format("cannot read from Kafka at {} within {} ({})", where, base::format_duration(options.timeout),
                    consumer.reachable() ? "is there such a topic? choose --topic"
                                         : "is it running? choose --brokers, or see --log-level debug"));
  }
  return false;
}

// How far it is, and whether it is over.
class Account {
 public:
  Account(const load::Recorder& recorder, const RecordPlan& plan)
      : recorder_(recorder), plan_(plan), progress_(fileno(stderr)), start_ns_(base::steady_ns()) {}

  bool over() {
    if (!recorder_.at_head()) head_ns_ = base::steady_ns();
    return plan_.duration.count() > 0 && base::steady_ns() - head_ns_ >= plan_.duration.count();
  }
  void look() {
    if (progress_.wanted()) progress_.redraw(counts());
  }
  void close() { progress_.finish("ratepub: " + counts()); }

 private:
  std::string counts() const {
    const double time_s = static_cast<double>(base::steady_ns() - start_ns_) / 1e9;
    return fmt::format("{} recorded in {:.1f} s · {:.1f} MB", base::format_count(recorder_.records()), time_s,
                       static_cast<double>(recorder_.bytes()) / 1e6);
  }

  const load::Recorder& recorder_;
  const RecordPlan& plan_;
  load::ProgressLine progress_;
  const std::int64_t start_ns_;
  std::int64_t head_ns_ = start_ns_;  // while the head is not reached: now
};

}  // namespace

bool record(const Options& options, const std::atomic<bool>& stop) {
  // What the consumer has to tell of its doings is for a service's log; that it cannot begin is told in one line.
  const bool usual_log = spdlog::get_level() == spdlog::level::info;
  if (usual_log) spdlog::set_level(spdlog::level::off);
  const File file = open_new(options.record.path);
  load::Recorder recorder(file.get(), options.record.count);
  auto consumer = std::make_unique<kafka::Consumer>(reading(options), recorder);
  if (!wait_until_reading(*consumer, recorder, options, stop)) return false;
  if (usual_log) spdlog::set_level(spdlog::level::warn);
  base::tell("ratepub", fmt::format("recording topic {} at {} into {}", options.kafka.topic, options.kafka.where,
                                    options.record.path == "-" ? "standard output" : options.record.path));
  Account account(recorder, options.record);
  while (!stop && !recorder.wait(kLook) && !account.over()) account.look();
  consumer.reset();
  account.close();
  if (recorder.lost() > 0) {
    base::tell("ratepub", fmt::format("{} records were deleted from the topic before they could be recorded",
                                      base::format_count(recorder.lost())));
  }
  if (recorder.error() == 0) return true;
  base::tell("ratepub", fmt::format("cannot write to {}: {}", options.record.path, text_of(recorder.error())));
  return false;
}

}  // namespace ratepub
