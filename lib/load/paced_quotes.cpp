#include "load/paced_quotes.hpp"

namespace wsf::load {
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

}  // namespace

PacedQuotes::PacedQuotes(const PacedQuotesPlan& plan, QuotesOutput& output, std::int64_t start_epoch_ns)
    : PacedLoop(plan.pace, start_epoch_ns),
      shape_(plan.shape),
      quotes_(plan.securities, plan.seed),
      output_(output) {}

bool PacedQuotes::put(std::uint64_t number, std::int64_t due_ns) {
  if (made_ == number) make(number, due_ns / kNsPerMs);
  return output_.put_quote(channel_, text_);
}

void PacedQuotes::make(std::uint64_t number, std::int64_t due_ms) {
  made_ = number + 1;
  text_.clear();
  if (shape_ == PacedQuotesPlan::Shape::some_together) {
    channel_ = kPriceUpdates;
    return quotes_.append_some(text_, due_ms);
  }
  const std::size_t security = number % quotes_.securities().size();
  channel_ = quote_channel(quotes_.securities()[security].symbol);
  quotes_.append_one(text_, security, due_ms);
}

}  // namespace wsf::load
