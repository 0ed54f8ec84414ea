#include "fanout/quotes_patch/quote_board.hpp"

#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using protocol::QuoteField;
using protocol::QuoteFields;

QuoteFields fields(std::initializer_list<QuoteField> list) {
  QuoteFields out;
  for (const QuoteField field : list) out.add(field);
  return out;
}

TEST(QuoteBoard, tells_which_fields_have_changed_since_a_version_however_far_back) {
  QuoteBoard board;
  const SymbolId aapl = board.put("AAPL", {.price = "1", .time_ms = 1}, 0).value();
  board.put("AAPL", {.price = "2", .time_ms = 2}, 1);
  board.put("AAPL", {.price = "2", .change = "7", .time_ms = 3}, 2);
  EXPECT_EQ(board.changed_since(aapl, 2), QuoteFields());
  EXPECT_EQ(board.changed_since(aapl, 1), fields({QuoteField::change, QuoteField::time}));
  EXPECT_EQ(board.changed_since(aapl, 0), fields({QuoteField::price, QuoteField::change, QuoteField::time}));
  EXPECT_EQ(board.quote(aapl).change, "7");
  EXPECT_EQ(board.version(), 2);
}

TEST(QuoteBoard, a_quote_that_is_told_again_changes_nothing) {
  QuoteBoard board;
  const SymbolId id = board.put("AAPL", {.price = "1", .time_ms = 1}, 1).value();
  board.put("AAPL", {.price = "1", .time_ms = 1}, 2);
  EXPECT_TRUE(board.changed_since(id, 1).empty());
}

TEST(QuoteBoard, a_new_symbol_is_new_in_all_its_fields) {
  QuoteBoard board;
  board.put("AAPL", {.price = "1"}, 1);
  EXPECT_FALSE(board.find("T"));
  const SymbolId id = board.put("T", {.price = "15"}, 5).value();
  EXPECT_EQ(board.find("T"), id);
  EXPECT_EQ(board.changed_since(id, 4), QuoteFields::all());
}

TEST(QuoteBoard, has_room_for_so_many_symbols) {
  QuoteBoard board;
  for (std::size_t i = 0; i < QuoteBoard::kMaxSymbols; ++i) board.put("S" + std::to_string(i), {}, 1);
  EXPECT_FALSE(board.put("ONEMORE", {}, 2));
  EXPECT_TRUE(board.put("S0", {.price = "2"}, 2));
}

}  // namespace
}  // namespace wsf::fanout
