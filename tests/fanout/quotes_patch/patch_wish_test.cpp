#include "fanout/quotes_patch/patch_wish.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class PatchWishTest : public testing::Test {
 protected:
  PatchWishTest() {
    for (const char* symbol : {"AAPL", "GOOGL", "MSFT"}) board.put(symbol, {.price = "1"}, 0);
  }
  ReadWish granted(std::string_view query) { return std::get<ReadWish>(read_wish(query, board, 2)); }
  std::string refused(std::string_view query) {
    const ws::HttpReply reply = std::get<ws::HttpReply>(read_wish(query, board, 2));
    EXPECT_EQ(reply.status, 400);
    return reply.body;
  }

  QuoteBoard board;
};

TEST_F(PatchWishTest, known_symbols_are_taken_once_and_unknown_ones_named) {
  const ReadWish read = granted("symbols=MSFT,XX,AAPL,,MSFT&token=x");
  EXPECT_THAT(read.wish.symbols, ElementsAre(0U, 2U));
  EXPECT_THAT(read.unknown, ElementsAre("XX"));
  EXPECT_EQ(read.wish.form, protocol::PatchForm());
  EXPECT_THAT(granted("symbols=%20MSFT%20&symbols=AAPL").wish.symbols, ElementsAre(0U, 2U));
}

TEST_F(PatchWishTest, without_a_known_symbol_it_is_refused) {
  EXPECT_THAT(refused("token=x"), HasSubstr("?symbols="));
  EXPECT_THAT(refused("symbols="), HasSubstr("?symbols="));
  EXPECT_THAT(refused("symbols=aapl,XX"), HasSubstr("known"));
}

TEST_F(PatchWishTest, more_symbols_than_a_connection_may_have_are_refused) {
  EXPECT_THAT(refused("symbols=AAPL,GOOGL,MSFT"), HasSubstr("more than 2"));
  EXPECT_THAT(granted("symbols=AAPL,AAPL,AAPL").unknown, IsEmpty());
}

TEST_F(PatchWishTest, fields_and_the_compact_form_are_asked_for) {
  EXPECT_TRUE(granted("symbols=AAPL&compact=1").wish.form.compact);
  EXPECT_FALSE(granted("symbols=AAPL&compact=0").wish.form.compact);
  EXPECT_EQ(granted("symbols=AAPL&fields=current_price,change").wish.form.fields,
            protocol::parse_patch_fields("current_price,change"));
  EXPECT_EQ(granted("symbols=AAPL&fields=").wish.form.fields, protocol::QuoteFields::all());
  EXPECT_THAT(refused("symbols=AAPL&fields=bid"), HasSubstr("current_price"));
}

}  // namespace
}  // namespace wsf::fanout
