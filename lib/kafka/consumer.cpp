#include "kafka/consumer.hpp"

#include "kafka/client.hpp"
#include "kafka/cursor.hpp"
#include "kafka/scout.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

namespace wsf::kafka {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 100;
constexpr int kLastCommitMs = 700;
// How long the start waits for partitions without a leader before the rest counts as the whole.
constexpr std::chrono::seconds kLeaderlessGrace{10};

Properties role_properties(const ConsumerOptions& options) {
  return {
      {"group.id", options.group},
      // The broker answers as soon as there is one byte; this is only how long it may hold an empty fetch. The
      // embedded one holds every empty fetch that long, and what is published meanwhile waits.
      {"fetch.wait.max.ms", options.connection.embedded ? "5" : "100"},
      {"fetch.error.backoff.ms", "50"},
      {"queued.max.messages.kbytes", "16384"},
      {"queued.min.messages", "5000"},
      {"topic.metadata.refresh.interval.ms", "30000"},
  };
}

// The code stands on these: positions are its own business, and it must hear of ends and of positions out of range.
Properties fixed_properties(const ConsumerOptions& options) {
  return {
      {"enable.auto.commit", "false"},
      {"enable.auto.offset.store", "false"},
      {"auto.offset.reset", "error"},
      {"enable.partition.eof", "true"},
      // The embedded broker knows no such wish, and the library complains.
      {"allow.auto.create.topics", options.connection.embedded ? "true" : "false"},
  };
}

}  // namespace

class Consumer::Reader : private ClientWatcher {
 public:
  Reader(const ConsumerOptions& options, RecordSink& sink);
  ~Reader() override;

  bool reachable() const { return reachable_.load(std::memory_order_relaxed); }
  bool at_head() const { return head_told_.load(std::memory_order_relaxed); }
  ConsumerCounters counters() const;
  std::vector<PartitionProgress> progress() const;

 private:
  using Batch = std::array<rd_kafka_message_t*, kMaxBatchRecords>;

  void run();
  void poll();
  void hand_on(std::size_t messages);
  void take(const rd_kafka_message_t&);
  void take_error(const rd_kafka_message_t&);
  Cursor* cursor_of(std::int32_t partition);

  void digest(const Look&);
  void tell_broker(bool reachable);
  void note_missing(const Look&);
  bool begin_partitions(const Look&);
  bool check_positions(const Look&);
  bool act_on(Cursor::Finding, std::int32_t partition, std::int64_t from);
  void tell_head_once();

  void assign();
  PartitionListPtr positions() const;
  void commit_now_and_then();
  void commit_at_the_end();

  void on_error(rd_kafka_resp_err_t, const char* reason) override;
  void on_commit(rd_kafka_resp_err_t) override;

  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t n = 1) {
    counter.store(counter.load(std::memory_order_relaxed) + n, std::memory_order_relaxed);
  }

  const ConsumerOptions options_;
  RecordSink& sink_;
  ClientPtr client_;
  QueuePtr queue_;

  Batch batch_{};
  std::vector<Record> records_;
  Clock::time_point now_{};

  // Grown by the reading thread alone, under the mutex; the cursors themselves are read without it.
  mutable std::mutex cursors_mutex_;
  std::deque<Cursor> cursors_;
  std::int32_t partitions_at_start_ = 0;  // 0: the topic was not seen yet
  std::int32_t partitions_now_ = 0;
  Clock::time_point first_seen_{};
  std::int64_t missing_since_ms_ = 0;  // 0: the topic was never missing
  bool gone_ = false;                  // the topic is, or was when last seen: assign again
  bool started_ = false;

  Clock::time_point next_commit_{};
  bool uncommitted_ = false;  // positions moved since the last commit

  std::atomic<bool> stop_{false};
  std::atomic<bool> reachable_{false};
  std::atomic<bool> head_told_{false};
  std::atomic<std::uint64_t> handed_on_{0}, bytes_{0}, duplicates_{0}, broker_changes_{0}, resets_{0}, stalls_{0},
      commits_{0};

  std::optional<Scout> scout_;
  std::thread thread_;
};

Consumer::Reader::Reader(const ConsumerOptions& options, RecordSink& sink)
    : options_(options),
      sink_(sink),
      client_(make_client(RD_KAFKA_CONSUMER, options_.connection, role_properties(options_),
                          fixed_properties(options_), *this)) {
  rd_kafka_poll_set_consumer(client_.get());
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
  records_.reserve(kMaxBatchRecords);
  scout_.emplace(*client_, options_.topic, options_.look_every, [this] { rd_kafka_queue_yield(queue_.get()); });
  thread_ = std::thread([this] { run(); });
}

Consumer::Reader::~Reader() {
  stop_ = true;
  rd_kafka_queue_yield(queue_.get());
  thread_.join();
  scout_.reset();
  commit_at_the_end();
  queue_.reset();
}

void Consumer::Reader::run() {
  while (!stop_) {
    poll();
    if (const auto look = scout_->take()) digest(*look);
    commit_now_and_then();
  }
}

// rd_kafka_consume_batch_queue() waits until its batch is full: it is asked only for what is there already.
void Consumer::Reader::poll() {
  batch_[0] = rd_kafka_consume_queue(queue_.get(), kPollMs);
  now_ = Clock::now();
  if (batch_[0] == nullptr) return;
  const auto more = rd_kafka_consume_batch_queue(queue_.get(), 0, batch_.data() + 1, batch_.size() - 1);
  hand_on(1 + static_cast<std::size_t>(std::max<ssize_t>(more, 0)));
}

void Consumer::Reader::hand_on(std::size_t messages) {
  records_.clear();
  for (std::size_t i = 0; i < messages; i++) {
    if (batch_[i]->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      take(*batch_[i]);
    } else {
      take_error(*batch_[i]);
    }
  }
  if (!records_.empty()) sink_.on_records(records_);
  for (std::size_t i = 0; i < messages; i++) rd_kafka_message_destroy(batch_[i]);
  add(handed_on_, records_.size());
  uncommitted_ = true;
  tell_head_once();
}

Cursor* Consumer::Reader::cursor_of(std::int32_t partition) {
  const auto index = static_cast<std::size_t>(partition);
  return index < cursors_.size() && cursors_[index].started() ? &cursors_[index] : nullptr;
}

void Consumer::Reader::take(const rd_kafka_message_t& message) {
  Cursor* cursor = cursor_of(message.partition);
  if (cursor == nullptr) return;
  rd_kafka_timestamp_type_t kind{};
  const auto timestamp_ms = rd_kafka_message_timestamp(&message, &kind);
  const auto what = cursor->take(message.offset, timestamp_ms, now_);
  if (what == Cursor::Kind::duplicate) return add(duplicates_);
  Record record{message.partition,
                message.offset,
                timestamp_ms,
                {},
                message.key != nullptr,
                std::nullopt,
                what == Cursor::Kind::history};
  if (message.key != nullptr) record.key = {static_cast<const char*>(message.key), message.key_len};
  if (message.payload != nullptr) record.value.emplace(static_cast<const char*>(message.payload), message.len);
  add(bytes_, message.key_len + message.len);
  records_.push_back(record);
}

void Consumer::Reader::take_error(const rd_kafka_message_t& message) {
  Cursor* cursor = cursor_of(message.partition);
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      if (cursor != nullptr) cursor->reached_end(message.offset, now_);
      return;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      if (cursor != nullptr) cursor->out_of_range();
      return scout_->hurry();
    default:
      log_of(*client_).write(4, rd_kafka_err2name(message.err),
                             fmt::format("topic {} partition {}: {}", options_.topic, message.partition,
                                         rd_kafka_message_errstr(&message)));
  }
}

void Consumer::Reader::digest(const Look& look) {
  tell_broker(look.reachable);
  if (look.topic == Look::Topic::missing) return note_missing(look);
  if (look.topic != Look::Topic::present) return;
  if (partitions_at_start_ == 0) {
    partitions_at_start_ = std::min<std::int32_t>(look.partitions, kMaxPartitions);
    first_seen_ = now_;
  }
  if (look.partitions > static_cast<std::int32_t>(kMaxPartitions)) {
    log_of(*client_).write(4, "PARTITIONS",
                           fmt::format("topic {} has {} partitions, only the first {} are read", options_.topic,
                                       look.partitions, kMaxPartitions));
  }
  // The library drops a topic that was gone for a while, and what it fetched for it.
  bool anew = std::exchange(gone_, false);
  const auto partitions = std::min<std::int32_t>(look.partitions, kMaxPartitions);
  anew |= std::exchange(partitions_now_, partitions) != partitions && started_;
  anew |= check_positions(look);
  anew |= begin_partitions(look);
  if (anew) assign();
  tell_head_once();
}

void Consumer::Reader::tell_broker(bool reachable) {
  if (!reachable && broker_changes_.load(std::memory_order_relaxed) == 0) {
    log_of(*client_).write(4, "NOT_YET", "no broker has answered yet; trying on (check --brokers)");
  }
  if (reachable == reachable_.load(std::memory_order_relaxed)) return;
  reachable_.store(reachable, std::memory_order_relaxed);
  add(broker_changes_);
  for (auto& cursor : cursors_) cursor.excuse(now_);
  sink_.on_broker(reachable);
}

void Consumer::Reader::note_missing(const Look& look) {
  if (missing_since_ms_ == 0 && cursors_.empty()) {
    missing_since_ms_ = look.began_ms;
    spdlog::warn("topic {} does not exist yet; waiting for it", options_.topic);
  }
  gone_ = true;
}

// True when there is a new partition to read.
bool Consumer::Reader::begin_partitions(const Look& look) {
  bool fresh = false;
  for (const auto& marks : look.watermarks) {
    const auto index = static_cast<std::size_t>(marks.partition);
    if (index >= cursors_.size()) {
      const std::lock_guard lock(cursors_mutex_);
      while (cursors_.size() <= index) cursors_.emplace_back();
    }
    Cursor& cursor = cursors_[index];
    if (cursor.started()) continue;
    const bool from_start = marks.partition < partitions_at_start_;
    const auto live_since = !from_start ? 0 : missing_since_ms_ > 0 ? missing_since_ms_ : Cursor::kAllHistory;
    cursor.begin(marks.low, marks.high, options_.tail_records_per_partition, live_since, now_);
    fresh = true;
    spdlog::debug("topic {} partition {} is read from {} (log {} to {})", options_.topic, marks.partition,
                  cursor.position(), marks.low, marks.high);
  }
  return fresh;
}

// True when a position changed, or a partition must be fetched anew.
bool Consumer::Reader::check_positions(const Look& look) {
  bool anew = false;
  for (const auto& marks : look.watermarks) {
    Cursor* cursor = cursor_of(marks.partition);
    if (cursor == nullptr) continue;
    const auto from = cursor->position();
    anew |= act_on(cursor->look(marks.low, marks.high, now_, options_.stalled_after), marks.partition, from);
    if (marks.high < cursor->position()) scout_->hurry();  // a second look decides
  }
  return anew;
}

bool Consumer::Reader::act_on(Cursor::Finding finding, std::int32_t partition, std::int64_t from) {
  const auto to = cursors_[static_cast<std::size_t>(partition)].position();
  const auto where = fmt::format("topic {} partition {}", options_.topic, partition);
  switch (finding) {
    case Cursor::Finding::fine:
      return false;
    case Cursor::Finding::in_range_again:
      return true;
    case Cursor::Finding::passed_by:
      add(resets_);
      spdlog::warn("{}: offsets {} to {} were deleted before they were read", where, from, to - 1);
      return true;
    case Cursor::Finding::made_anew:
      add(resets_);
      spdlog::warn("{}: the log ends below offset {} and counts as made anew; read from {}", where, from, to);
      return true;
    case Cursor::Finding::stalled:
      add(stalls_);
      spdlog::warn("{}: nothing came after offset {} though there is more; assigned anew", where, from);
      return true;
  }
  return false;
}

void Consumer::Reader::tell_head_once() {
  if (head_told_.load(std::memory_order_relaxed) || partitions_at_start_ == 0 || cursors_.empty()) return;
  const bool all_here = static_cast<std::int32_t>(cursors_.size()) >= partitions_at_start_ &&
                        std::all_of(cursors_.begin(), cursors_.end(), [](const auto& c) { return c.started(); });
  if (!all_here && now_ - first_seen_ < kLeaderlessGrace) return;
  const bool read =
      std::all_of(cursors_.begin(), cursors_.end(), [](const auto& c) { return !c.started() || c.at_head(); });
  if (!read) return;
  if (!all_here) spdlog::warn("topic {} has partitions without a leader; going on without them", options_.topic);
  head_told_.store(true, std::memory_order_relaxed);
  sink_.on_head();
}

PartitionListPtr Consumer::Reader::positions() const {
  PartitionListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(cursors_.size())));
  // A topic made anew may have fewer partitions than we have read.
  const auto count = std::min(cursors_.size(), static_cast<std::size_t>(partitions_now_));
  for (std::size_t i = 0; i < count; i++) {
    if (!cursors_[i].started()) continue;
    rd_kafka_topic_partition_list_add(list.get(), options_.topic.c_str(), static_cast<std::int32_t>(i))->offset =
        cursors_[i].position();
  }
  return list;
}

// All partitions at our positions: what the library had fetched beyond them is fetched again.
void Consumer::Reader::assign() {
  const auto list = positions();
  const auto error = rd_kafka_assign(client_.get(), list.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    gone_ = true;  // try again with the next look
    return log_of(*client_).write(3, "ASSIGN",
                                  fmt::format("cannot read topic {}: {}", options_.topic, rd_kafka_err2str(error)));
  }
  if (std::exchange(started_, true)) {
    return spdlog::info("Event Hub consumer goes on: topic={} partitions={}", options_.topic, list->cnt);
  }
  spdlog::info("Event Hub consumer started successfully: topic={} partitions={} group={}", options_.topic, list->cnt,
               options_.group);
}

void Consumer::Reader::commit_now_and_then() {
  if (!uncommitted_ || now_ < next_commit_ || !reachable()) return;
  next_commit_ = now_ + options_.commit_every;
  uncommitted_ = false;
  rd_kafka_commit(client_.get(), positions().get(), 1);
}

// rd_kafka_commit() itself would wait for a broker that is gone as long as its socket timeout.
void Consumer::Reader::commit_at_the_end() {
  if (!reachable() || cursors_.empty()) return;
  const QueuePtr answers(rd_kafka_queue_new(client_.get()));
  rd_kafka_commit_queue(client_.get(), positions().get(), answers.get(), nullptr, nullptr);
  const EventPtr answer(rd_kafka_queue_poll(answers.get(), kLastCommitMs));
  if (answer) on_commit(rd_kafka_event_error(answer.get()));
}

void Consumer::Reader::on_error(rd_kafka_resp_err_t error, const char* reason) {
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return scout_->hurry();
  // The library has logged that one itself, with the reason.
  if (error != RD_KAFKA_RESP_ERR__TRANSPORT) log_of(*client_).write(4, rd_kafka_err2name(error), reason);
}

void Consumer::Reader::on_commit(rd_kafka_resp_err_t error) {
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return add(commits_);
  if (error == RD_KAFKA_RESP_ERR__NO_OFFSET) return;
  uncommitted_ = true;
  log_of(*client_).write(
      4, "COMMIT",
      fmt::format("positions of group {} are not committed: {}", options_.group, rd_kafka_err2str(error)));
}

ConsumerCounters Consumer::Reader::counters() const {
  const auto of = [](const std::atomic<std::uint64_t>& counter) { return counter.load(std::memory_order_relaxed); };
  return {of(handed_on_), of(bytes_), of(duplicates_), of(broker_changes_), of(resets_), of(stalls_), of(commits_)};
}

std::vector<PartitionProgress> Consumer::Reader::progress() const {
  const std::lock_guard lock(cursors_mutex_);
  std::vector<PartitionProgress> out;
  out.reserve(cursors_.size());
  for (std::size_t i = 0; i < cursors_.size(); i++) {
    out.push_back({static_cast<std::int32_t>(i), cursors_[i].position(), cursors_[i].high_watermark()});
  }
  return out;
}

Consumer::Consumer(const ConsumerOptions& options, RecordSink& sink)
    : reader_(std::make_unique<Reader>(options, sink)) {}
Consumer::~Consumer() = default;
bool Consumer::reachable() const {
  return reader_->reachable();
}
bool Consumer::at_head() const {
  return reader_->at_head();
}
ConsumerCounters Consumer::counters() const {
  return reader_->counters();
}
std::vector<PartitionProgress> Consumer::progress() const {
  return reader_->progress();
}

}  // namespace wsf::kafka
