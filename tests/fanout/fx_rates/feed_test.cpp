#include "fanout/fx_rates/feed.hpp"

#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

std::string rate(std::string_view pair) {
  return R"({"eventType":"FxRateUpdated","fxRate":{"currencyPair":")" + std::string(pair) +
         R"(","rate":1.0850,"bid":1.0845,"ask":1.0855}})";
}

class FeedTest : public testing::Test {
 protected:
  kafka::Record record(std::int64_t offset, std::string_view value) {
    kafka::Record r;
    r.offset = offset;
    r.value = value;
    r.key = "k";
    r.has_key = true;
    return r;
  }
  void poll(std::vector<kafka::Record> records) { feed.on_records(records); }

  FeedState state;
  std::vector<hub::SharedBatch> posted;
  Feed feed{"topic", 1024, state, [this](hub::SharedBatch batch) { posted.push_back(std::move(batch)); }};
};

TEST_F(FeedTest, the_valid_records_of_a_poll_become_one_batch_with_their_bytes) {
  const std::string euro = rate("EURUSD");
  const std::string yen = rate("USDJPY");
  poll({record(1, euro), record(2, yen)});
  ASSERT_EQ(posted.size(), 1u);
  ASSERT_EQ(posted[0]->updates.size(), 2u);
  EXPECT_EQ(posted[0]->updates[0].key, "EURUSD");
  EXPECT_EQ(posted[0]->updates[0].payload, euro);
  EXPECT_EQ(posted[0]->updates[1].position.offset, 2);
}

TEST_F(FeedTest, each_update_names_the_one_before_it_of_its_pair) {
  const std::string euro = rate("EURUSD");
  const std::string yen = rate("USDJPY");
  poll({record(1, euro), record(2, yen)});
  poll({record(3, euro)});
  EXPECT_FALSE(posted[0]->updates[0].previous.has_value());
  EXPECT_EQ(posted[1]->updates[0].previous, (base::Position{0, 1}));
}

TEST_F(FeedTest, poison_is_counted_by_cause_and_breaks_nothing) {
  const std::string euro = rate("EURUSD");
  poll({record(1, "{"), record(2, euro), record(3, std::string_view("\xff", 1)), record(4, "[]")});
  ASSERT_EQ(posted.size(), 1u);
  EXPECT_EQ(posted[0]->updates.size(), 1u);
  EXPECT_EQ(state.poison[static_cast<std::size_t>(protocol::Poison::not_json)].value(), 1u);
  EXPECT_EQ(state.poison[static_cast<std::size_t>(protocol::Poison::invalid_utf8)].value(), 1u);
  EXPECT_EQ(state.poison[static_cast<std::size_t>(protocol::Poison::not_object)].value(), 1u);
}

TEST_F(FeedTest, a_poll_of_nothing_but_poison_posts_nothing) {
  poll({record(1, "{")});
  EXPECT_TRUE(posted.empty());
}

TEST_F(FeedTest, a_tombstone_is_no_link_of_the_chain) {
  const std::string euro = rate("EURUSD");
  kafka::Record gone = record(2, "");
  gone.value.reset();
  gone.key = "EURUSD";
  poll({record(1, euro), gone, record(3, euro)});
  ASSERT_EQ(posted[0]->updates.size(), 3u);
  EXPECT_TRUE(posted[0]->updates[1].tombstone);
  EXPECT_EQ(posted[0]->updates[2].previous, (base::Position{0, 1}));
}

TEST_F(FeedTest, history_is_passed_on_silently) {
  const std::string euro = rate("EURUSD");
  kafka::Record old = record(1, euro);
  old.history = true;
  poll({old});
  EXPECT_TRUE(posted[0]->updates[0].silent);
  EXPECT_EQ(state.history.value(), 1u);
}

TEST_F(FeedTest, the_chain_of_a_pair_goes_on_in_a_log_that_was_made_anew) {
  const std::string euro = rate("EURUSD");
  poll({record(7, euro)});
  kafka::Record first = record(0, euro);
  first.epoch = 1;
  poll({first});
  EXPECT_EQ(posted[1]->updates[0].position, (base::Position{0, 0, 1}));
  EXPECT_EQ(posted[1]->updates[0].previous, (base::Position{0, 7}));
}

TEST_F(FeedTest, a_loss_is_posted_in_order_with_the_updates) {
  const std::string euro = rate("EURUSD");
  poll({record(7, euro)});
  feed.on_loss({.partition = 0, .epoch = 2, .first = 8, .next = 50});
  ASSERT_EQ(posted.size(), 2u);
  ASSERT_TRUE(posted[1]->loss.has_value());
  EXPECT_EQ(posted[1]->loss->first, (base::Position{0, 8, 2}));
  EXPECT_EQ(posted[1]->loss->next, (base::Position{0, 50, 2}));
}

TEST_F(FeedTest, records_without_a_key_are_counted_and_passed_on) {
  const std::string euro = rate("EURUSD");
  kafka::Record keyless = record(1, euro);
  keyless.has_key = false;
  poll({keyless});
  EXPECT_EQ(posted.size(), 1u);
  EXPECT_EQ(state.unkeyed.value(), 1u);
}

}  // namespace
}  // namespace wsf::fanout
