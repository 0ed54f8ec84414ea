#include "load/quotes_publisher.hpp"

#include <fmt/format.h>

#include <utility>

namespace wsf::load {

QuotesPublisher::QuotesPublisher(const QuoteWalk& walk, const EventPlan& plan, EventScript::Put put,
                                 std::int64_t start_epoch_ns)
    : PacedLoop({.rate_per_s = plan.rate_per_s, .count = 0, .duration = plan.duration}, start_epoch_ns),
      walk_(walk),
      run_(plan.run),
      start_ns_(start_epoch_ns),
      put_(std::move(put)) {}

bool QuotesPublisher::put(std::uint64_t number, std::int64_t due_ns) {
  const auto event = static_cast<std::uint32_t>(number);
  text_.assign(1, '{');
  for (std::uint32_t symbol = 0; symbol < walk_.symbols(); symbol++) {
    if (!walk_.moves(event, symbol)) continue;
    text_ += fmt::format("{}\"{}\":", text_.size() > 1 ? "," : "", walk_.symbol(symbol));
    walk_.append_json(text_, event, symbol, start_ns_);
  }
  text_ += '}';
  return put_({.topic = 0, .key = {}, .text = text_, .mark = EventMark{run_, event, due_ns}});
}

}  // namespace wsf::load
