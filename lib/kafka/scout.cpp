#include "kafka/scout.hpp"

#include "base/clock.hpp"
#include "base/exit_codes.hpp"
#include "kafka/client.hpp"
#include "kafka/consumer.hpp"
#include "kafka/epoch_note.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wsf::kafka {
namespace {

constexpr int kPatienceMs = static_cast<int>(Scout::kPatience.count());

// Below 0: not known.
std::int64_t offset_of(const rd_kafka_topic_partition_t& asked) {
  return asked.err == RD_KAFKA_RESP_ERR_NO_ERROR ? asked.offset : -1;
}

std::int32_t epoch_of(const rd_kafka_topic_partition_t& commit, std::int64_t high) {
  if (commit.err != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
  return epoch_by_commit(commit.offset, {static_cast<const char*>(commit.metadata), commit.metadata_size}, high);
}

}  // namespace

Scout::Scout(rd_kafka_t& client, const std::string& topic, std::chrono::milliseconds every,
             std::function<void()> news)
    : client_(client),
      topic_(rd_kafka_topic_new(&client, topic.c_str(), nullptr)),
      every_(every),
      news_(std::move(news)) {
  if (!topic_) throw base::StartupError(base::Exit::usage, "bad topic name '" + topic + "'");
  thread_ = std::thread([this] { run(); });
}

Scout::~Scout() {
  stop_ = true;
  hurry();
  thread_.join();
}

void Scout::hurry() {
  {
    const std::lock_guard lock(mutex_);
    hurried_ = true;
  }
  wake_.notify_one();
}

std::optional<Look> Scout::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(latest_, std::nullopt);
}

std::vector<Look::Watermarks> Scout::heard() const {
  const std::lock_guard lock(mutex_);
  return heard_;
}

void Scout::run() {
  while (!stop_) {
    Look seen = look();
    settled_ = seen.reachable && seen.topic == Look::Topic::present;
    {
      const std::lock_guard lock(mutex_);
      if (!seen.watermarks.empty()) heard_ = seen.watermarks;
      latest_ = std::move(seen);
    }
    news_();
    pause();
  }
}

void Scout::pause() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, kShortest, [this] { return stop_.load(); });
  wake_.wait_for(lock, settled_ ? every_ - std::min(every_, kShortest) : kShortest,
                 [this] { return hurried_ || stop_.load(); });
  suspect_ = std::exchange(hurried_, false);
}

// A single unanswered question is no proof (a leader moves, a broker is busy), unless the library said already that
// no broker is left.
bool Scout::judge_reachable(bool answered) {
  silent_rounds_ = answered ? 0 : silent_rounds_ + 1;
  if (answered) reachable_ = true;
  if (silent_rounds_ >= (suspect_ ? 1 : 2)) reachable_ = false;
  return reachable_;
}

Look Scout::look() {
  Look out;
  out.began_ms = base::epoch_ms();
  const rd_kafka_metadata_t* raw = nullptr;
  const auto error = rd_kafka_metadata(&client_, 0, topic_.get(), &raw, kPatienceMs);
  const MetadataPtr metadata(raw);
  out.reachable = judge_reachable(error == RD_KAFKA_RESP_ERR_NO_ERROR);
  if (!metadata || metadata->topic_cnt != 1) return out;
  const auto& topic = metadata->topics[0];
  if (topic.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) out.topic = Look::Topic::missing;
  if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR || topic.partition_cnt == 0) return out;
  out.topic = Look::Topic::present;
  out.partitions = topic.partition_cnt;
  ask_watermarks(topic, out);
  return out;
}

// The group's commit of each partition in the list.
PartitionListPtr Scout::ask_commits(const rd_kafka_topic_partition_list_t& partitions, Look& out) {
  PartitionListPtr commits(rd_kafka_topic_partition_list_copy(&partitions));
  const auto error = rd_kafka_committed(&client_, commits.get(), kPatienceMs);
  out.commits_known = error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    log_of(client_).write(4, "COMMITTED",
                          fmt::format("the group's commits cannot be read: {}", rd_kafka_err2str(error)));
  }
  return commits;
}

// One request to each leader, however many partitions there are. What was not answered keeps the logical offset,
// which lies below 0.
PartitionListPtr Scout::ask_offsets(const rd_kafka_topic_partition_list_t& partitions, std::int64_t logical) {
  PartitionListPtr offsets(rd_kafka_topic_partition_list_copy(&partitions));
  for (int i = 0; i < offsets->cnt; ++i) offsets->elems[i].offset = logical;
  rd_kafka_offsets_for_times(&client_, offsets.get(), kPatienceMs);
  return offsets;
}

void Scout::ask_watermarks(const rd_kafka_metadata_topic_t& topic, Look& out) {
  const PartitionListPtr partitions(rd_kafka_topic_partition_list_new(topic.partition_cnt));
  for (int i = 0; i < topic.partition_cnt; ++i) {
    const auto& partition = topic.partitions[i];
    const bool led = partition.leader >= 0 && partition.id < static_cast<std::int32_t>(kMaxPartitions);
    if (led) rd_kafka_topic_partition_list_add(partitions.get(), topic.topic, partition.id);
  }
  if (partitions->cnt == 0 || stop_) return;
  // Commits before watermarks: no end of the same log can lie below a commit then.
  const PartitionListPtr commits = ask_commits(*partitions, out);
  if (stop_) return;
  const PartitionListPtr lows = ask_offsets(*partitions, RD_KAFKA_OFFSET_BEGINNING);
  if (stop_) return;
  const PartitionListPtr highs = ask_offsets(*partitions, RD_KAFKA_OFFSET_END);
  // The library answers in the lists that it was given, in their order.
  for (int i = 0; i < partitions->cnt; ++i) {
    const auto low = offset_of(lows->elems[i]);
    const auto high = offset_of(highs->elems[i]);
    if (low < 0 || high < 0) continue;
    out.watermarks.push_back({partitions->elems[i].partition, low, high, epoch_of(commits->elems[i], high)});
  }
}

}  // namespace wsf::kafka
