#include "publishing.hpp"

#include "base/clock.hpp"
#include "base/standard_streams.hpp"
#include "base/units.hpp"
#include "load/confirmation_watch.hpp"
#include "load/kafka_wait.hpp"
#include "load/progress_line.hpp"
#include "run.hpp"
#include "sources.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <memory>

namespace ratepub {
namespace {

namespace base = wsf::base;
namespace load = wsf::load;
using wsf::base::format_count;
using wsf::kafka::Producer;

void tell(const std::string& line) {
  base::tell("ratepub", line);
}

// What is told of a run into Kafka: how far it is, when the broker falls silent, and what it came to. An event is
// queued when the client library has taken it, and delivered when the broker has confirmed it.
class Account {
 public:
  Account(const Source& source, const Producer& producer)
      : source_(source), producer_(producer), progress_(fileno(stderr)), confirmations_(base::steady_ns()) {}

  void look();
  void close(std::chrono::nanoseconds time);

 private:
  std::string counts(std::chrono::nanoseconds time) const {
    return fmt::format("{} · {} delivered · {} failed", queued_text(source_.published(), time),
                       format_count(producer_.delivered()), format_count(producer_.failed()));
  }
  std::string last_error() const {
    const std::string error = producer_.last_error();
    return error.empty() ? "" : ": " + error;
  }

  const Source& source_;
  const Producer& producer_;
  load::ProgressLine progress_;
  load::ConfirmationWatch confirmations_;
};

void Account::look() {
  using News = load::ConfirmationWatch::News;
  const News news = confirmations_.look(producer_.delivered(), producer_.outstanding(), base::steady_ns());
  if (news == News::silent) {
    constexpr std::chrono::nanoseconds silent{load::ConfirmationWatch::kSilentNs};
    progress_.finish(fmt::format("ratepub: nothing confirmed for {}{}", base::format_duration(silent), last_error()));
  }
  if (news == News::flows) progress_.finish("ratepub: the broker confirms again");
  if (!progress_.wanted()) return;
  progress_.redraw(counts(run_time(source_)));
}

void Account::close(std::chrono::nanoseconds time) {
  progress_.finish("ratepub: " + counts(time) + late_text(source_.loop().lateness()));
  if (!source_.faults().empty()) tell("bad records among them: " + source_.faults());
  const auto unconfirmed = producer_.outstanding();
  if (unconfirmed > 0) tell(fmt::format("{} not confirmed in time", format_count(unconfirmed)));
  if (producer_.failed() + unconfirmed > 0 && !last_error().empty()) tell("last error" + last_error());
}

class KafkaOutlet : public Outlet {
 public:
  explicit KafkaOutlet(Producer& producer) : producer_(producer) {}
  bool put_to(std::size_t topic, std::optional<std::string_view> key,
              std::optional<std::string_view> value) override {
    return producer_.send_to(topic, key, value) != Producer::Sent::full;
  }

 private:
  Producer& producer_;
};

// One event a line, each flushed: whoever reads the pipe sees it now.
class LineOutlet : public Outlet {
 public:
  bool put_to(std::size_t, std::optional<std::string_view>, std::optional<std::string_view> value) override {
    const std::string_view event = value.value_or("null");
    failed_ = failed_ || std::fwrite(event.data(), 1, event.size(), stdout) != event.size() ||
              std::fputc('\n', stdout) == EOF || std::fflush(stdout) != 0;
    return true;
  }
  bool failed() const { return failed_; }

 private:
  std::atomic<bool> failed_{false};
};

}  // namespace

bool publish_to_kafka(const Options& options, const std::atomic<bool>& stop) {
  const auto source = make_source(options);
  Producer producer(options.kafka.connection, source->topics());
  if (!load::wait_for_kafka(producer, options.kafka, options.timeout, stop, fileno(stderr), "ratepub:")) return false;
  tell(fmt::format("publishing {} to {} {} at {}", source->text(), source->topics().size() == 1 ? "topic" : "topics",
                   options.kafka.topic, options.kafka.where));
  KafkaOutlet outlet(producer);
  source->start(outlet);
  Account account(*source, producer);
  const auto time = run_shown(*source, &producer, stop, [&] { account.look(); });
  const bool confirmed = await_confirmations([&](auto step) { return producer.flush(step); }, options.timeout, stop,
                                             [&] { account.look(); });
  account.close(time);
  return confirmed && producer.failed() == 0;
}

bool publish_to_stdout(const Options& options, const std::atomic<bool>& stop) {
  const auto source = make_source(options);
  LineOutlet outlet;
  source->start(outlet);
  std::atomic<bool> end{false};
  run_shown(*source, nullptr, end, [&] { end = stop || outlet.failed(); });
  if (!source->faults().empty()) tell("bad records among them: " + source->faults());
  if (outlet.failed()) tell("cannot write to standard output");
  return !outlet.failed();
}

}  // namespace ratepub
