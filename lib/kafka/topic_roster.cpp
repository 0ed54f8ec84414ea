#include "kafka/topic_roster.hpp"

#include <algorithm>

namespace wsf::kafka {

TopicRoster::TopicRoster(const TopicChoice& choice) : choice_(choice) {
  for (const std::string& name : choice.names()) entries_.emplace(name, Entry{.named = true});
}

void TopicRoster::update(const std::vector<std::string>& cluster) {
  for (auto& [name, entry] : entries_) entry.there = false;
  std::vector<const std::string*> strangers;
  for (const std::string& name : cluster) {
    const auto known = entries_.find(name);
    if (known != entries_.end()) {
      known->second.there = true;
    } else if (choice_.finds(name)) {
      strangers.push_back(&name);
    }
  }
  left_out_ = 0;
  for (const std::string* name : strangers) {
    if (make_room()) {
      entries_.emplace(*name, Entry{.there = true});
    } else {
      ++left_out_;
    }
  }
}

bool TopicRoster::make_room() {
  if (entries_.size() < kMaxTopics) return true;
  const auto gone =
      std::ranges::find_if(entries_, [](const auto& item) { return !item.second.named && !item.second.there; });
  if (gone == entries_.end()) return false;
  entries_.erase(gone);
  return true;
}

}  // namespace wsf::kafka
