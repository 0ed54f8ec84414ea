#include "kafka/reader.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

namespace wsf::kafka {
namespace {

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

// Lives as long as the message. The last one counts, as for whoever reads headers as a map.
std::string_view traceparent_of(const rd_kafka_message_t& message) {
  rd_kafka_headers_t* headers = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_message_headers(&message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  if (rd_kafka_header_get_last(headers, "traceparent", &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
  return {static_cast<const char*>(value), value == nullptr ? 0 : size};
}

}  // namespace

Consumer::Reader::Reader(const ConsumerOptions& options, RecordSink& sink)
    : options_(options),
      choice_(options_.topics),
      sink_(sink),
      client_(make_client(RD_KAFKA_CONSUMER, options_.connection, role_properties(options_),
                          fixed_properties(options_), *this)),
      topics_(*client_, options_, choice_),
      commits_(*client_, options_) {
  rd_kafka_poll_set_consumer(client_.get());
  queue_.reset(rd_kafka_queue_get_consumer(client_.get()));
  records_.reserve(kMaxBatchRecords);
  scout_.emplace(*client_, choice_, options_.connection.breaker, options_.look_every,
                 [this] { rd_kafka_queue_yield(queue_.get()); });
  thread_ = std::thread([this] { run(); });
}

Consumer::Reader::~Reader() {
  stop_ = true;
  rd_kafka_queue_yield(queue_.get());
  thread_.join();
  scout_.reset();
  if (options_.commits && reachable()) commits_.send_last(*topics_.commits());
  queue_.reset();
}

void Consumer::Reader::run() {
  while (!stop_) {
    poll();
    if (const auto look = scout_->take()) digest(*look);
    if (commits_.due(now_) && reachable()) commits_.send(*topics_.commits(), now_);
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
  commits_.note_change();
  tell_head_once();
}

void Consumer::Reader::take(const rd_kafka_message_t& message) {
  Partitions* topic = topics_.find(message.rkt);
  Cursor* cursor = topic == nullptr ? nullptr : topic->find(message.partition);
  if (cursor == nullptr) return;
  rd_kafka_timestamp_type_t kind{};
  const auto timestamp_ms = rd_kafka_message_timestamp(&message, &kind);
  const auto what = cursor->take(message.offset, timestamp_ms, now_);
  if (what == Cursor::Kind::duplicate) return add(duplicates_);
  Record record{.topic = topic->topic(),
                .partition = message.partition,
                .epoch = cursor->epoch(),
                .offset = message.offset,
                .timestamp_ms = timestamp_ms,
                .has_key = message.key != nullptr,
                .history = what == Cursor::Kind::history};
  if (message.key != nullptr) record.key = {static_cast<const char*>(message.key), message.key_len};
  if (message.payload != nullptr) record.value.emplace(static_cast<const char*>(message.payload), message.len);
  if (options_.traceparents) record.traceparent = traceparent_of(message);
  add(bytes_, message.key_len + message.len);
  records_.push_back(record);
}

void Consumer::Reader::take_error(const rd_kafka_message_t& message) {
  Partitions* topic = topics_.find(message.rkt);
  Cursor* cursor = topic == nullptr ? nullptr : topic->find(message.partition);
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__PARTITION_EOF:
      if (cursor != nullptr) cursor->reached_end(message.offset, now_);
      return;
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      if (cursor != nullptr) cursor->out_of_range();
      return scout_->hurry();
    default:
      log_of(*client_).write(
          4, rd_kafka_err2name(message.err),
          fmt::format("topic {} partition {}: {}", topic == nullptr ? choice_.text() : topic->topic(),
                      message.partition, rd_kafka_message_errstr(&message)));
  }
}

void Consumer::Reader::digest(const Look& look) {
  tell_broker(look.reachable);
  if (look.let_go) return let_go();
  if (!look.complete) return;
  warn_of_too_many(look);
  const auto found = topics_.digest(look, now_);
  add(resets_, found.resets);
  add(stalls_, found.stalls);
  for (const Loss& loss : found.losses) sink_.on_loss(loss);
  if (found.look_again) scout_->hurry();
  if (found.commit_soon) commits_.note_change();
  if (found.resets > 0) commits_.hurry();
  if (std::exchange(assign_again_, false) || found.fetch_anew) assign();
  tell_head_once();
}

void Consumer::Reader::tell_broker(bool reachable) {
  if (!reachable && broker_changes_.load(std::memory_order_relaxed) == 0) {
    log_of(*client_).write(4, "NOT_YET", "no broker has answered yet; trying on (check --brokers)");
  }
  if (reachable == reachable_.load(std::memory_order_relaxed)) return;
  reachable_.store(reachable, std::memory_order_relaxed);
  add(broker_changes_);
  topics_.excuse(now_);
  sink_.on_broker(reachable);
}

void Consumer::Reader::warn_of_too_many(const Look& look) {
  if (look.left_out > 0) {
    log_of(*client_).write(4, "TOPICS",
                           fmt::format("{} topics match {}, only {} are read", look.topics.size() + look.left_out,
                                       choice_.text(), look.topics.size()));
  }
  for (const Look::Topic& topic : look.topics) {
    if (topic.partitions <= static_cast<std::int32_t>(kMaxPartitions)) continue;
    log_of(*client_).write(4, "PARTITIONS",
                           fmt::format("topic {} has {} partitions, only the first {} are read", topic.name,
                                       topic.partitions, kMaxPartitions));
  }
}

void Consumer::Reader::tell_head_once() {
  if (head_told_.load(std::memory_order_relaxed) || !topics_.at_head(now_)) return;
  head_told_.store(true, std::memory_order_relaxed);
  sink_.on_head();
}

// All partitions at our positions: what the library had fetched beyond them is fetched again.
void Consumer::Reader::assign() {
  const auto list = topics_.positions();
  const auto error = rd_kafka_assign(client_.get(), list.get());
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    assign_again_ = true;  // with the next look
    return log_of(*client_).write(3, "ASSIGN",
                                  fmt::format("cannot read topic {}: {}", choice_.text(), rd_kafka_err2str(error)));
  }
  const auto what = choice_.is_one_name() ? fmt::format("topic={}", choice_.text())
                                          : fmt::format("topic={} topics={}", choice_.text(), topics_.there());
  if (std::exchange(started_, true)) {
    return spdlog::info("Event Hub consumer goes on: {} partitions={}", what, list->cnt);
  }
  spdlog::info("Event Hub consumer started successfully: {} partitions={} group={}", what, list->cnt, options_.group);
}

// Nothing is fetched until the breaker closes; positions stay.
void Consumer::Reader::let_go() {
  if (!started_) return;
  rd_kafka_assign(client_.get(), nullptr);
  assign_again_ = true;
}

void Consumer::Reader::on_error(rd_kafka_resp_err_t error, const char* reason) {
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) return scout_->hurry();
  // The library has logged these itself, with the reason.
  const bool told = error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__SSL ||
                    error == RD_KAFKA_RESP_ERR__AUTHENTICATION;
  if (!told) log_of(*client_).write(4, rd_kafka_err2name(error), reason);
}

// While the sink holds the reader up, only the scout hears of what has been written.
std::vector<PartitionProgress> Consumer::Reader::progress() const {
  std::vector<PartitionProgress> out = topics_.progress();
  std::map<std::pair<std::string_view, std::int32_t>, std::int64_t> ends;
  const auto heard = scout_->heard();
  for (const Look::Topic& topic : heard) {
    for (const auto& marks : topic.watermarks)
      ends.emplace(std::pair(std::string_view(topic.name), marks.partition), marks.high);
  }
  for (PartitionProgress& one : out) {
    const auto end = ends.find({one.topic, one.partition});
    if (end != ends.end()) one.high_watermark = std::max(one.high_watermark, end->second);
  }
  return out;
}

ConsumerCounters Consumer::Reader::counters() const {
  const auto of = [](const std::atomic<std::uint64_t>& counter) { return counter.load(std::memory_order_relaxed); };
  ConsumerCounters out{.records = of(handed_on_),
                       .bytes = of(bytes_),
                       .duplicates = of(duplicates_),
                       .broker_changes = of(broker_changes_),
                       .resets = of(resets_),
                       .stalls = of(stalls_),
                       .commits = commits_.count(),
                       .breaker = scout_->breaker().state()};
  for (std::size_t i = 0; i < kBreakerStates; ++i) {
    out.breaker_transitions[i] = scout_->breaker().came_to(static_cast<BreakerState>(i));
  }
  return out;
}

}  // namespace wsf::kafka
