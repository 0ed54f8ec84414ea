#pragma once
// A quote as numbers: what a client holds of a symbol, and what was published of it.

#include "protocol/quote.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace wsf::load {

inline constexpr std::array kQuoteFields{protocol::QuoteField::price, protocol::QuoteField::change,
                                         protocol::QuoteField::change_percent, protocol::QuoteField::time};

struct QuoteValues {
  std::array<double, protocol::kQuoteFields - 1> numbers{};  // by field
  std::int64_t time_ms = 0;                                  // Unix milliseconds
  protocol::QuoteFields given{};                             // the others mean nothing

  double number(protocol::QuoteField field) const { return numbers[static_cast<std::size_t>(field)]; }
  void put(protocol::QuoteField field, double value) {
    numbers[static_cast<std::size_t>(field)] = value;
    given.add(field);
  }
  void put_time(std::int64_t ms) {
    time_ms = ms;
    given.add(protocol::QuoteField::time);
  }
  // Takes the other's value of the field, which the other has.
  void copy(protocol::QuoteField field, const QuoteValues& other) {
    if (field == protocol::QuoteField::time) return put_time(other.time_ms);
    put(field, other.number(field));
  }
  // Whether both have the same value of the field, or neither has one.
  bool agrees(protocol::QuoteField field, const QuoteValues& other) const {
    if (given.has(field) != other.given.has(field)) return false;
    if (!given.has(field)) return true;
    return field == protocol::QuoteField::time ? time_ms == other.time_ms : number(field) == other.number(field);
  }
};

// The field's value for people; "nothing" where there is none.
std::string text_of(const QuoteValues& quote, protocol::QuoteField field);

// The first of the fields in which the two differ.
std::optional<protocol::QuoteField> difference_of(const QuoteValues& one, const QuoteValues& other,
                                                  protocol::QuoteFields fields);

}  // namespace wsf::load
