#include "kafka/topics.hpp"

#include "base/check.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace wsf::kafka {

Partitions::Findings Topics::digest(const Look& look, Clock::time_point now) {
  Partitions::Findings out;
  forget_all_but(look.topics);
  for (const Look::Topic& topic : look.topics) meet(topic).digest(look, topic, now, out);
  if (!begun_) begin(now);
  return out;
}

void Topics::begin(Clock::time_point now) {
  begun_ = true;
  begun_at_ = now;
  if (topics_.empty()) spdlog::warn("no topic matches {} yet; waiting for the first one", choice_.text());
}

Partitions& Topics::meet(const Look::Topic& topic) {
  const auto known = topics_.find(topic.name);
  if (known != topics_.end()) return known->second.partitions;
  const std::lock_guard lock(mutex_);
  Topic& met = topics_.try_emplace(topic.name, options_, topic.name, begun_).first->second;
  met.named = topic.named;
  met.at_start = !begun_;
  met.handle.reset(rd_kafka_topic_new(&client_, topic.name.c_str(), nullptr));
  base::check(met.handle != nullptr, "the library knows a topic by every name that Kafka takes");
  by_handle_.emplace(met.handle.get(), &met.partitions);
  if (begun_) spdlog::info("topic {} is new: it is read from its start", topic.name);
  return met.partitions;
}

// The roster gave the places of these to others.
void Topics::forget_all_but(const std::vector<Look::Topic>& topics) {
  const auto listed = [&](const std::string& name) {
    return std::ranges::binary_search(topics, name, {}, &Look::Topic::name);
  };
  const std::lock_guard lock(mutex_);
  for (auto topic = topics_.begin(); topic != topics_.end();) {
    if (listed(topic->first)) {
      ++topic;
      continue;
    }
    by_handle_.erase(topic->second.handle.get());
    last_topic_ = nullptr;
    last_ = nullptr;
    topic = topics_.erase(topic);
  }
}

void Topics::remember(const rd_kafka_topic_t* topic) {
  const auto known = by_handle_.find(topic);
  last_topic_ = topic;
  last_ = known == by_handle_.end() ? nullptr : known->second;
}

bool Topics::at_head(Clock::time_point now) {
  if (!begun_) return false;
  const bool patient = now - begun_at_ < Partitions::kLeaderlessGrace;
  return std::ranges::all_of(topics_, [&](auto& item) {
    Topic& topic = item.second;
    if (!topic.at_start || topic.partitions.at_head(now)) return true;
    return !topic.named && (topic.partitions.gone() || (!topic.partitions.begun() && !patient));
  });
}

void Topics::excuse(Clock::time_point now) {
  for (auto& [name, topic] : topics_) topic.partitions.excuse(now);
}

std::size_t Topics::there() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(topics_, [](const auto& item) { return !item.second.partitions.gone(); }));
}

PartitionListPtr Topics::positions() const {
  return list(false);
}

PartitionListPtr Topics::commits() const {
  return list(true);
}

PartitionListPtr Topics::list(bool with_epochs) const {
  PartitionListPtr out(rd_kafka_topic_partition_list_new(static_cast<int>(topics_.size())));
  for (const auto& [name, topic] : topics_) topic.partitions.add_positions(*out, with_epochs);
  return out;
}

std::vector<PartitionProgress> Topics::progress() const {
  std::vector<PartitionProgress> out;
  const std::lock_guard lock(mutex_);
  for (const auto& [name, topic] : topics_) topic.partitions.add_progress(out);
  return out;
}

}  // namespace wsf::kafka
