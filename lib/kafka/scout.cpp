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

void Scout::run() {
  while (!stop_) {
    Look seen = look();
    settled_ = seen.reachable && seen.topic == Look::Topic::present;
    {
      const std::lock_guard lock(mutex_);
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
  ask_watermarks(out);
  return out;
}

// The group's commit of each partition, in their order; without an answer they stay empty.
PartitionListPtr Scout::ask_commits(Look& out) {
  const auto partitions = std::min<std::int32_t>(out.partitions, kMaxPartitions);
  PartitionListPtr commits(rd_kafka_topic_partition_list_new(partitions));
  rd_kafka_topic_partition_list_add_range(commits.get(), rd_kafka_topic_name(topic_.get()), 0, partitions - 1);
  const auto error = rd_kafka_committed(&client_, commits.get(), kPatienceMs);
  out.commits_known = error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED;
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) {
    log_of(client_).write(4, "COMMITTED",
                          fmt::format("the group's commits cannot be read: {}", rd_kafka_err2str(error)));
  }
  return commits;
}

void Scout::ask_watermarks(Look& out) {
  // Before the watermarks: no end of the same log can lie below a commit then.
  const PartitionListPtr commits = ask_commits(out);
  const auto partitions = std::min<std::int32_t>(out.partitions, kMaxPartitions);
  for (std::int32_t partition = 0; partition < partitions && !stop_; partition++) {
    Look::Watermarks marks{partition, 0, 0, 0};
    const auto error = rd_kafka_query_watermark_offsets(&client_, rd_kafka_topic_name(topic_.get()), partition,
                                                        &marks.low, &marks.high, kPatienceMs);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
      marks.epoch = epoch_of(commits->elems[partition], marks.high);
      out.watermarks.push_back(marks);
    }
    // One leader that is silent would make a round of many partitions last for minutes.
    if (error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR__TRANSPORT) {
      if (partition - static_cast<std::int32_t>(out.watermarks.size()) >= 3) return;
    }
  }
}

}  // namespace wsf::kafka
