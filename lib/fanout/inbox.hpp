#pragma once
// Answers from other threads on their way to a shard, which looks for them at each tick.

#include <atomic>
#include <mutex>
#include <utility>
#include <vector>

namespace wsf::fanout {

template <class Answer>
class Inbox {
 public:
  // Any thread. As many wait as there are questions of the shard's clients that are not answered.
  void add(Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_.push_back(std::move(answer));
    any_ = true;
  }

  // The shard's thread. Costs one load where there is none.
  std::vector<Answer> take() {
    if (!any_) return {};
    const std::lock_guard lock(mutex_);
    any_ = false;
    return std::exchange(answers_, {});
  }

 private:
  std::atomic<bool> any_{false};
  std::mutex mutex_;
  std::vector<Answer> answers_;
};

}  // namespace wsf::fanout
