#include "load/update_meta.hpp"

#include "protocol/fx_rates.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using base::Position;

std::string update(const protocol::Meta& meta, bool snapshot = false,
                   std::string_view event = R"({"fxRate":{"currencyPair":"EURUSD"}})") {
  std::string out;
  protocol::append_rate_update(out, event, snapshot, &meta);
  return out;
}

TEST(UpdateMeta, is_what_the_server_wrote) {
  const auto meta = find_meta(update({Position(3, 1234), Position(3, 1230), 1000, 1003, 7}));
  ASSERT_TRUE(meta);
  EXPECT_EQ(meta->link.at, Position(3, 1234));
  EXPECT_EQ(meta->link.prev, Position(3, 1230));
  EXPECT_EQ(meta->kafka_ms, 1000);
  EXPECT_EQ(meta->sent_ms, 1003);
  EXPECT_EQ(meta->link.conflated, 7u);
  EXPECT_FALSE(meta->link.snapshot);
}

TEST(UpdateMeta, knows_epochs_a_beginning_and_snapshots) {
  const auto meta = find_meta(update({Position(0, 5, 2), std::nullopt, 1, 2, 0}, true));
  ASSERT_TRUE(meta);
  EXPECT_EQ(meta->link.at, Position(0, 5, 2));
  EXPECT_EQ(meta->link.prev, std::nullopt);
  EXPECT_TRUE(meta->link.snapshot);
}

TEST(UpdateMeta, is_not_taken_from_within_the_event) {
  const char* event = R"({"a":1,"meta":{"offset":"9-9","prev":null,"kafka":0,"sent":0,"conflated":0}})";
  EXPECT_EQ(find_meta(update({Position(0, 5), std::nullopt, 1, 2, 0}, false, event))->link.at, Position(0, 5));
}

TEST(GapNotice, is_what_the_server_wrote) {
  const std::string text = protocol::gap("EURUSD", Position(3, 5), Position(3, 9));
  const auto gap = find_gap(text);
  ASSERT_TRUE(gap);
  EXPECT_EQ(gap->pair, "EURUSD");
  EXPECT_EQ(gap->from, Position(3, 5));
  EXPECT_EQ(gap->to, Position(3, 9));
  const std::string open = protocol::gap("EURUSD", Position(3, 5), std::nullopt);
  ASSERT_TRUE(find_gap(open));
  EXPECT_EQ(find_gap(open)->to, std::nullopt);
  EXPECT_FALSE(find_gap(R"({"type":"gap","currencyPair":"EURUSD"})"));
}

TEST(UpdateMeta, what_is_cut_or_missing_is_none) {
  const std::string whole = update({Position(3, 1234), Position(3, 1230), 1000, 1003, 7});
  const std::size_t last_number = whole.size() - 3;  // 7}}
  for (std::size_t size = 0; size <= last_number; size++) EXPECT_FALSE(find_meta(whole.substr(0, size))) << size;
  EXPECT_FALSE(find_meta(R"({"type":"rateUpdate","event":{}})"));
}

}  // namespace
}  // namespace wsf::load
