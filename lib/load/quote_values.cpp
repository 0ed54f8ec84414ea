#include "load/quote_values.hpp"

#include <fmt/format.h>

namespace wsf::load {

using protocol::QuoteField;

std::string text_of(const QuoteValues& quote, QuoteField field) {
  if (!quote.given.has(field)) return "nothing";
  return field == QuoteField::time ? fmt::format("{} ms", quote.time_ms) : fmt::format("{}", quote.number(field));
}

std::optional<QuoteField> difference_of(const QuoteValues& one, const QuoteValues& other,
                                        protocol::QuoteFields fields) {
  for (const QuoteField field : kQuoteFields) {
    if (fields.has(field) && !one.agrees(field, other)) return field;
  }
  return std::nullopt;
}

}  // namespace wsf::load
