#pragma once
// Made-up quotes at fixed times: of each symbol in turn, or of some of them together.

#include "load/made_up_quotes.hpp"
#include "load/paced_loop.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

struct PacedQuotesPlan {
  enum class Shape { each_in_turn, some_together };  // as the protocols quotes and quotes-patch take them
  Shape shape = Shape::each_in_turn;
  std::vector<market::Security> securities;
  std::uint64_t seed = 1;
  Pace pace;
};

// Where they go: Redis, standard output, a test.
class QuotesOutput {
 public:
  virtual ~QuotesOutput() = default;
  // False: cannot take it now; the same one is offered again later.
  virtual bool put_quote(std::string_view channel, std::string_view payload) = 0;
};

class PacedQuotes : public PacedLoop {
 public:
  // There is a security. The output must outlive it.
  PacedQuotes(const PacedQuotesPlan& plan, QuotesOutput& output, std::int64_t start_epoch_ns);

 private:
  bool put(std::uint64_t number, std::int64_t due_ns) override;
  void make(std::uint64_t number, std::int64_t due_ms);

  const PacedQuotesPlan::Shape shape_;
  MadeUpQuotes quotes_;
  QuotesOutput& output_;
  std::uint64_t made_ = 0;  // of an event that was refused, the text is kept
  std::string channel_;
  std::string text_;
};

}  // namespace wsf::load
