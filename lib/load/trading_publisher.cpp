#include "load/trading_publisher.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace wsf::load {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

}  // namespace

TradingPublisher::TradingPublisher(const TradingPlan& plan, TradingOutput& output, std::int64_t start_epoch_ns)
    : PacedLoop({plan.rate_per_s, plan.count, plan.duration}, start_epoch_ns),
      output_(output),
      run_(plan.run),
      keys_{plan.markets.size(), plan.assessments.size()},
      walk_(plan.markets, plan.assessments, plan.seed),
      counts_(keys_.size()) {}

bool TradingPublisher::put(std::uint64_t, std::int64_t due_ns) {
  if (!refused_) {
    refused_ = walk_.next(due_ns / kNsPerMs);
    if (!run_.empty()) mark(*refused_, due_ns);
  }
  if (!output_.put(*refused_)) return false;
  refused_.reset();
  return true;
}

void TradingPublisher::mark(TradingMessage& message, std::int64_t due_ns) {
  message.text.pop_back();  // the brace
  fmt::format_to(std::back_inserter(message.text), FMT_COMPILE(R"(,"load":{{"run":"{}","seq":{},"due_ns":{}}}}})"),
                 run_, ++counts_[keys_.of(message.topic, message.index)], due_ns);
}

std::vector<std::uint64_t> TradingPublisher::due_of_each_key(std::chrono::nanoseconds from,
                                                             std::chrono::nanoseconds to) const {
  std::vector<std::uint64_t> out(keys_.size());
  const std::uint64_t end = due_before(to);
  for (std::uint64_t message = due_before(std::min(from, to)); message < end; message++) {
    const TradingSubject subject = walk_.subject_of(message);
    out[keys_.of(subject.topic, subject.index)]++;
  }
  return out;
}

}  // namespace wsf::load
