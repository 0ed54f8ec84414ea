#pragma once
// The topics of a cluster that are read, among all that there are. Pure bookkeeping: no library, no clock.

#include "kafka/topic_choice.hpp"

#include <map>
#include <string>
#include <vector>

namespace wsf::kafka {

// Used by one thread. The choice must outlive it.
class TopicRoster {
 public:
  struct Entry {
    bool named = false;  // chosen by its name: it keeps its place, there or not
    bool there = false;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;

  explicit TopicRoster(const TopicChoice& choice);

  // What there is in the cluster now. A topic that was found by an expression keeps its place when it is gone, so
  // that it is known when it comes back, until another one needs the place.
  void update(const std::vector<std::string>& cluster);

  const Entries& entries() const { return entries_; }  // at most kMaxTopics
  // At the last update: found by an expression, and without a place.
  std::size_t left_out() const { return left_out_; }

 private:
  bool make_room();

  const TopicChoice& choice_;
  Entries entries_;
  std::size_t left_out_ = 0;
};

}  // namespace wsf::kafka
