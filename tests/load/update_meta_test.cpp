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
  EXPECT_EQ(meta->at, Position(3, 1234));
  EXPECT_EQ(meta->prev, Position(3, 1230));
  EXPECT_EQ(meta->kafka_ms, 1000);
  EXPECT_EQ(meta->sent_ms, 1003);
  EXPECT_EQ(meta->conflated, 7u);
  EXPECT_FALSE(meta->snapshot);
}

TEST(UpdateMeta, knows_epochs_a_beginning_and_snapshots) {
  const auto meta = find_meta(update({Position(0, 5, 2), std::nullopt, 1, 2, 0}, true));
  ASSERT_TRUE(meta);
  EXPECT_EQ(meta->at, Position(0, 5, 2));
  EXPECT_EQ(meta->prev, std::nullopt);
  EXPECT_TRUE(meta->snapshot);
}

TEST(UpdateMeta, is_not_taken_from_within_the_event) {
  const char* event = R"({"a":1,"meta":{"offset":"9-9","prev":null,"kafka":0,"sent":0,"conflated":0}})";
  EXPECT_EQ(find_meta(update({Position(0, 5), std::nullopt, 1, 2, 0}, false, event))->at, Position(0, 5));
}

TEST(UpdateMeta, what_is_cut_or_missing_is_none) {
  const std::string whole = update({Position(3, 1234), Position(3, 1230), 1000, 1003, 7});
  const std::size_t last_number = whole.size() - 3;  // 7}}
  for (std::size_t size = 0; size <= last_number; size++) EXPECT_FALSE(find_meta(whole.substr(0, size))) << size;
  EXPECT_FALSE(find_meta(R"({"type":"rateUpdate","event":{}})"));
}

}  // namespace
}  // namespace wsf::load
