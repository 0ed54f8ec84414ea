#include "kafka/scout.hpp"

#include "base/clock.hpp"
#include "base/units.hpp"
#include "kafka/client.hpp"
#include "kafka/consumer.hpp"
#include "kafka/epoch_note.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <span>
#include <string_view>

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

bool is_there(const rd_kafka_metadata_topic_t& topic) {
  return topic.err != RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART && is_topic(topic.topic);
}

bool is_described(const rd_kafka_metadata_topic_t& topic) {
  return topic.err == RD_KAFKA_RESP_ERR_NO_ERROR && topic.partition_cnt > 0;
}

std::span<const rd_kafka_metadata_topic_t> topics_of(const rd_kafka_metadata_t& metadata) {
  return {metadata.topics, static_cast<std::size_t>(metadata.topic_cnt)};
}

bool is_present(const Look::Topic& topic) {
  return topic.state == Look::Topic::State::present;
}

bool tells_an_end(const Look::Topic& topic) {
  return !topic.watermarks.empty();
}

bool by_name(const Look::Topic& topic, std::string_view name) {
  return topic.name < name;
}

Look::Topic* find(std::vector<Look::Topic>& topics, std::string_view name) {
  const auto found = std::lower_bound(topics.begin(), topics.end(), name, by_name);
  return found != topics.end() && found->name == name ? &*found : nullptr;
}

}  // namespace

Scout::Scout(rd_kafka_t& client, const TopicChoice& choice, const BreakerLimits& breaker,
             std::chrono::milliseconds every, std::function<void()> news)
    : client_(client),
      only_(choice.is_one_name() ? rd_kafka_topic_new(&client, choice.names().front().c_str(), nullptr) : nullptr),
      roster_(choice),
      breaker_(breaker),
      every_(every),
      news_(std::move(news)),
      thread_([this] { run(); }) {}

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

std::vector<Look::Topic> Scout::heard() const {
  const std::lock_guard lock(mutex_);
  return heard_;
}

void Scout::run() {
  while (!stop_) {
    Look seen = breaker_.state() == BreakerState::half_open ? trial() : look();
    judge(seen);
    settled_ = is_settled(seen);
    const bool let_go = seen.let_go;
    {
      const std::lock_guard lock(mutex_);
      if (std::ranges::any_of(seen.topics, tells_an_end)) heard_ = seen.topics;
      latest_ = std::move(seen);
    }
    news_();
    if (let_go) {
      rest();
    } else {
      pause();
    }
  }
}

// Several rounds, of which one has to be of use.
Look Scout::trial() {
  Look seen = look();
  for (int i = 1; i < kTrialRounds && !seen.useful && !stop_; ++i) seen = look();
  return seen;
}

void Scout::judge(Look& seen) {
  const auto now = Breaker::Clock::now();
  if (stop_ || !breaker_.note(seen.useful, now)) return;
  seen.let_go = breaker_.state() == BreakerState::open;
  let_connect(client_, !seen.let_go);
  log_of(client_).set_quiet(seen.let_go);
  if (!seen.let_go) return spdlog::info("Kafka circuit breaker CLOSED: the cluster answers");
  reachable_ = false;
  seen.reachable = false;
  seen.complete = false;
  spdlog::warn("Kafka circuit breaker OPEN: the cluster gave no answer of use; it is left alone for {}",
               base::format_duration(breaker_.due() - now));
}

// Until the breaker's trial.
void Scout::rest() {
  {
    std::unique_lock lock(mutex_);
    wake_.wait_until(lock, breaker_.due(), [this] { return stop_.load(); });
  }
  if (stop_) return;
  breaker_.try_again();
  let_connect(client_, true);
  spdlog::info("Kafka circuit breaker HALF_OPEN: one try");
}

// A topic that is awaited by its name is asked for soon again; the list of a whole cluster is not.
bool Scout::is_settled(const Look& seen) const {
  if (!seen.reachable || !seen.complete) return false;
  return !only_ || is_present(seen.topics.front());
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
  const MetadataPtr metadata = ask_metadata(out);
  if (!metadata) return out;
  describe_topics(*metadata, out);
  if (stop_) return out;
  const PartitionListPtr partitions = led_partitions(*metadata);
  if (partitions->cnt > 0) ask_watermarks(*partitions, out);
  out.useful = std::ranges::none_of(out.topics, is_present) || std::ranges::any_of(out.topics, tells_an_end);
  return out;
}

MetadataPtr Scout::ask_metadata(Look& out) {
  const rd_kafka_metadata_t* raw = nullptr;
  const auto error = rd_kafka_metadata(&client_, only_ ? 0 : 1, only_.get(), &raw, kPatienceMs);
  MetadataPtr metadata(raw);
  out.reachable = judge_reachable(error == RD_KAFKA_RESP_ERR_NO_ERROR);
  if (metadata && only_ && metadata->topic_cnt != 1) metadata.reset();
  out.complete = metadata != nullptr;
  return metadata;
}

void Scout::describe_topics(const rd_kafka_metadata_t& metadata, Look& out) {
  std::vector<std::string> cluster;
  for (const auto& topic : topics_of(metadata)) {
    if (is_there(topic)) cluster.emplace_back(topic.topic);
  }
  roster_.update(cluster);
  out.left_out = roster_.left_out();
  using State = Look::Topic::State;
  for (const auto& [name, entry] : roster_.entries()) {
    out.topics.push_back(
        {.name = name, .named = entry.named, .state = entry.there ? State::unknown : State::missing});
  }
  for (const auto& topic : topics_of(metadata)) {
    Look::Topic* known = is_described(topic) ? find(out.topics, topic.topic) : nullptr;
    if (known == nullptr) continue;
    known->state = State::present;
    known->partitions = topic.partition_cnt;
  }
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

// Of the topics that are read, those that can be asked about.
PartitionListPtr Scout::led_partitions(const rd_kafka_metadata_t& metadata) const {
  PartitionListPtr out(rd_kafka_topic_partition_list_new(metadata.topic_cnt));
  for (const auto& topic : topics_of(metadata)) {
    if (!is_described(topic) || !roster_.entries().contains(topic.topic)) continue;
    for (int i = 0; i < topic.partition_cnt; ++i) {
      const auto& partition = topic.partitions[i];
      const bool led = partition.leader >= 0 && partition.id < static_cast<std::int32_t>(kMaxPartitions);
      if (led) rd_kafka_topic_partition_list_add(out.get(), topic.topic, partition.id);
    }
  }
  return out;
}

void Scout::ask_watermarks(const rd_kafka_topic_partition_list_t& partitions, Look& out) {
  // Commits before watermarks: no end of the same log can lie below a commit then.
  const PartitionListPtr commits = ask_commits(partitions, out);
  if (stop_) return;
  const PartitionListPtr lows = ask_offsets(partitions, RD_KAFKA_OFFSET_BEGINNING);
  if (stop_) return;
  const PartitionListPtr highs = ask_offsets(partitions, RD_KAFKA_OFFSET_END);
  // The library answers in the lists that it was given, in their order.
  for (int i = 0; i < partitions.cnt; ++i) {
    const auto& asked = partitions.elems[i];
    const auto low = offset_of(lows->elems[i]);
    const auto high = offset_of(highs->elems[i]);
    if (low < 0 || high < 0) continue;
    find(out.topics, asked.topic)
        ->watermarks.push_back({asked.partition, low, high, epoch_of(commits->elems[i], high)});
  }
}

}  // namespace wsf::kafka
