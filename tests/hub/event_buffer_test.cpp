#include "hub/event_buffer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace wsf::hub {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

class EventBufferTest : public testing::Test {
 protected:
  EventBufferTest() {
    for (const char* topic : {"pnl", "rules"}) buffer.begin(topic, {0, 0});
  }

  void add(std::string_view key, const std::string& topic, std::int64_t offset, std::uint64_t batch = 0) {
    buffer.add(key, {.text = topic + std::to_string(offset),
                     .topic = topic,
                     .position = {0, offset},
                     .batch = batch,
                     .received_ms = now_ms});
  }
  std::vector<std::string> texts(const EventBuffer::Missed& missed) {
    std::vector<std::string> out;
    for (const SharedEvent& event : missed.events) out.push_back(event->text);
    return out;
  }
  EventBuffer::Missed after(std::string_view key, std::vector<EventBuffer::Seen> seen, std::uint64_t up_to = kAll) {
    return buffer.after(key, seen, up_to);
  }

  std::int64_t now_ms = 1'000;
  EventBuffer buffer{{.events_per_key = 3, .bytes = 2'000, .age_ms = 60'000}};
};

TEST_F(EventBufferTest, what_came_after_each_named_position_comes_in_order_of_arrival) {
  add("a", "pnl", 1);
  add("a", "rules", 7);
  add("a", "pnl", 2);
  add("b", "pnl", 3);
  const auto missed = after("a", {{"pnl", {0, 1}}, {"rules", {0, 6}}});
  EXPECT_THAT(texts(missed), ElementsAre("rules7", "pnl2"));
  EXPECT_THAT(missed.gaps_after, IsEmpty());
}

TEST_F(EventBufferTest, of_a_log_that_is_not_named_comes_what_is_newer_than_the_newest_that_is) {
  add("a", "rules", 7);
  add("a", "pnl", 1);
  add("a", "rules", 8);
  EXPECT_THAT(texts(after("a", {{"pnl", {0, 1}}})), ElementsAre("rules8"));
}

TEST_F(EventBufferTest, events_that_gave_way_leave_a_gap_for_those_who_had_not_seen_them) {
  for (std::int64_t offset = 1; offset <= 5; ++offset) add("a", "pnl", offset);
  EXPECT_THAT(after("a", {{"pnl", {0, 1}}}).gaps_after, ElementsAre(0));
  EXPECT_THAT(after("a", {{"pnl", {0, 2}}}).gaps_after, IsEmpty());
  EXPECT_THAT(texts(after("a", {{"pnl", {0, 1}}})), ElementsAre("pnl3", "pnl4", "pnl5"));
}

TEST_F(EventBufferTest, what_lies_before_the_first_position_read_is_a_gap) {
  buffer.begin("late", {0, 100});
  EXPECT_THAT(after("a", {{"late", {0, 98}}}).gaps_after, ElementsAre(0));
  EXPECT_THAT(after("a", {{"late", {0, 99}}}).gaps_after, IsEmpty());
}

TEST_F(EventBufferTest, a_log_that_is_not_read_and_one_of_another_epoch_are_gaps) {
  add("a", "pnl", 1);
  EXPECT_THAT(after("a", {{"other", {0, 1}}, {"pnl", {0, 1, 2}}}).gaps_after, ElementsAre(0, 1));
}

TEST_F(EventBufferTest, events_of_later_batches_are_left_to_them) {
  add("a", "pnl", 1, 10);
  add("a", "pnl", 2, 11);
  EXPECT_THAT(texts(after("a", {{"pnl", {0, 0}}}, 10)), ElementsAre("pnl1"));
}

TEST_F(EventBufferTest, the_bound_in_bytes_takes_the_oldest_of_all_keys) {
  for (std::int64_t offset = 1; offset <= 20; ++offset) add("key" + std::to_string(offset), "pnl", offset);
  EXPECT_LE(buffer.bytes(), 2'000u);
  EXPECT_THAT(texts(after("key20", {{"pnl", {0, 0}}})), ElementsAre("pnl20"));
  EXPECT_THAT(after("key1", {{"pnl", {0, 0}}}).gaps_after, ElementsAre(0));
  EXPECT_THAT(after("nobody", {{"pnl", {0, 20}}}).gaps_after, IsEmpty());
}

TEST_F(EventBufferTest, what_is_too_old_is_forgotten) {
  add("a", "pnl", 1);
  now_ms += 30'000;
  add("a", "pnl", 2);
  buffer.expire(now_ms + 30'000);
  EXPECT_EQ(buffer.events(), 1u);
  EXPECT_THAT(texts(after("a", {{"pnl", {0, 0}}})), ElementsAre("pnl2"));
  EXPECT_THAT(after("a", {{"pnl", {0, 0}}}).gaps_after, ElementsAre(0));
}

}  // namespace
}  // namespace wsf::hub
