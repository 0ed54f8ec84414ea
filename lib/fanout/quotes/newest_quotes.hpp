#pragma once
// The newest quote of each symbol, whole, whatever part of it the feed told last. Any thread; under a mutex held for
// a look at one symbol.

#include "protocol/quote.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::fanout {

class NewestQuotes {
 public:
  // Further ones are not kept: the feed's producers are trusted, a runaway one is not.
  static constexpr std::size_t kMaxSymbols = 65'536;

  // The event with what it does not tell: as the symbol's quote had it before; a time is always new, `now_ms` (Unix)
  // where none is told.
  protocol::Quote merge(const protocol::QuoteEvent& event, std::int64_t now_ms);

  std::optional<protocol::Quote> find(std::string_view symbol) const;
  std::size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, protocol::Quote, std::less<>> quotes_;
};

}  // namespace wsf::fanout
