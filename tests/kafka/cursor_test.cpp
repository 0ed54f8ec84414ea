#include "kafka/cursor.hpp"

#include <gtest/gtest.h>

namespace wsf::kafka {
namespace {

using namespace std::chrono_literals;
using Finding = Cursor::Finding;
using Kind = Cursor::Kind;

constexpr Cursor::Clock::time_point kStart{};
constexpr auto kStalled = 10'000ms;
constexpr std::int64_t kAskedMs = 500;

struct CursorTest : ::testing::Test {
  Cursor cursor;
  Cursor::Clock::time_point now = kStart;

  void begin(std::int64_t low, std::int64_t high, std::int64_t tail = 100,
             std::int64_t live_since_ms = Cursor::kAllHistory) {
    cursor.begin({low, high, 0, kAskedMs}, tail, live_since_ms, now);
  }
  Kind take(std::int64_t offset, std::int64_t timestamp_ms = 1000) { return cursor.take(offset, timestamp_ms, now); }
  Finding look(std::int64_t low, std::int64_t high, std::int32_t epoch = 0) {
    return cursor.look({low, high, epoch, kAskedMs}, now, kStalled);
  }
};

TEST_F(CursorTest, starts_a_tail_before_the_head) {
  begin(0, 1000);
  EXPECT_EQ(cursor.position(), 900);
}

TEST_F(CursorTest, starts_where_the_log_begins_when_the_tail_is_longer) {
  begin(950, 1000);
  EXPECT_EQ(cursor.position(), 950);
}

TEST_F(CursorTest, tells_history_from_news_by_the_head_at_the_start) {
  begin(0, 10);
  EXPECT_EQ(take(8), Kind::history);
  EXPECT_FALSE(cursor.at_head());
  EXPECT_EQ(take(9), Kind::history);
  EXPECT_TRUE(cursor.at_head());
  EXPECT_EQ(take(10), Kind::news);
}

TEST_F(CursorTest, takes_no_offset_twice_and_skips_holes) {
  begin(0, 0);
  EXPECT_EQ(take(5), Kind::news);
  EXPECT_EQ(take(5), Kind::duplicate);
  EXPECT_EQ(take(3), Kind::duplicate);
  EXPECT_EQ(take(6), Kind::news);
}

TEST_F(CursorTest, an_empty_partition_is_at_its_head) {
  begin(7, 7);
  EXPECT_TRUE(cursor.at_head());
}

TEST_F(CursorTest, the_end_of_the_log_counts_as_the_head_when_its_last_offsets_hold_no_records) {
  begin(0, 10);
  take(6);
  cursor.reached_end(10, now);
  EXPECT_TRUE(cursor.at_head());
  EXPECT_EQ(cursor.position(), 10);
}

TEST_F(CursorTest, a_partition_that_appeared_is_read_whole_and_live) {
  begin(0, 1000, 10, 0);
  EXPECT_EQ(cursor.position(), 0);
  EXPECT_EQ(take(0), Kind::news);
}

TEST_F(CursorTest, what_was_published_while_a_topic_was_waited_for_is_news) {
  begin(0, 2, 100, 5000);
  EXPECT_EQ(take(0, 4999), Kind::history);
  EXPECT_EQ(take(1, 5000), Kind::news);
}

TEST_F(CursorTest, goes_to_the_begin_of_a_log_that_passed_it_by) {
  begin(0, 0);
  take(4);
  cursor.out_of_range();
  EXPECT_EQ(look(50, 90), Finding::passed_by);
  EXPECT_EQ(cursor.position(), 50);
  EXPECT_EQ(look(50, 90), Finding::fine);
}

TEST_F(CursorTest, a_log_that_moved_on_is_no_reason_to_skip_what_was_fetched_before) {
  begin(0, 0);
  take(4);
  EXPECT_EQ(look(50, 90), Finding::fine);
  EXPECT_EQ(take(5), Kind::news);
}

TEST_F(CursorTest, needs_two_looks_at_rest_to_believe_that_a_log_was_made_anew) {
  begin(0, 0);
  take(99, 1000);
  EXPECT_EQ(look(0, 3), Finding::fine);
  EXPECT_EQ(look(0, 3), Finding::fine);
  EXPECT_EQ(look(0, 3), Finding::made_anew);
  EXPECT_EQ(cursor.position(), 0);
  EXPECT_EQ(cursor.epoch(), 1);
  EXPECT_EQ(take(0, 2000), Kind::news);
}

TEST_F(CursorTest, a_log_that_passed_it_by_is_still_the_same_log) {
  begin(0, 0);
  take(4);
  cursor.out_of_range();
  ASSERT_EQ(look(50, 90), Finding::passed_by);
  EXPECT_EQ(cursor.epoch(), 0);
}

TEST_F(CursorTest, takes_the_epoch_that_the_group_knows) {
  cursor.begin({0, 0, 3, kAskedMs}, 100, Cursor::kAllHistory, now);
  EXPECT_EQ(cursor.epoch(), 3);
  take(99, 1000);
  look(0, 3, 3);
  look(0, 3, 3);
  EXPECT_EQ(look(0, 3, 3), Finding::made_anew);
  EXPECT_EQ(cursor.epoch(), 4);
}

TEST_F(CursorTest, follows_another_replica_that_has_seen_the_log_made_anew) {
  begin(0, 0);
  take(99, 1000);
  EXPECT_EQ(look(0, 150, 1), Finding::made_anew);
  EXPECT_EQ(cursor.epoch(), 1);
  EXPECT_EQ(cursor.position(), 0);
  EXPECT_EQ(look(0, 150, 1), Finding::fine);
}

TEST_F(CursorTest, counts_a_log_made_anew_once_although_it_hears_of_it_twice) {
  begin(0, 0);
  take(99, 1000);
  look(0, 3);
  look(0, 3);
  ASSERT_EQ(look(0, 3, 1), Finding::made_anew);
  EXPECT_EQ(look(0, 3, 1), Finding::fine);
  EXPECT_EQ(cursor.epoch(), 1);
}

TEST_F(CursorTest, an_older_epoch_of_another_replica_changes_nothing) {
  cursor.begin({0, 0, 2, kAskedMs}, 100, Cursor::kAllHistory, now);
  take(4);
  EXPECT_EQ(look(0, 5, 1), Finding::fine);
  EXPECT_EQ(cursor.epoch(), 2);
}

TEST_F(CursorTest, tells_the_log_time_of_what_it_read_last) {
  begin(0, 10);
  EXPECT_EQ(cursor.read_ms(), kAskedMs);
  take(5, 1234);
  EXPECT_EQ(cursor.read_ms(), 1234);
}

TEST_F(CursorTest, watermarks_that_are_older_than_the_position_are_no_new_log) {
  begin(0, 0);
  for (std::int64_t offset = 0; offset < 10; offset++) {
    take(offset);
    EXPECT_EQ(look(0, offset), Finding::fine);
  }
}

TEST_F(CursorTest, records_that_a_cut_log_still_holds_are_not_told_again_as_news) {
  begin(0, 0);
  take(99, 7000);
  look(0, 50);
  look(0, 50);
  ASSERT_EQ(look(0, 50), Finding::made_anew);
  EXPECT_EQ(take(49, 6000), Kind::history);
  EXPECT_EQ(take(50, 8000), Kind::news);
}

TEST_F(CursorTest, is_stalled_when_the_log_has_more_and_nothing_comes) {
  begin(0, 0);
  take(4);
  now += 9s;
  EXPECT_EQ(look(0, 20), Finding::fine);
  now += 1s;
  EXPECT_EQ(look(0, 20), Finding::stalled);
  EXPECT_EQ(look(0, 20), Finding::fine);
}

TEST_F(CursorTest, silence_at_the_end_of_the_log_is_no_stall) {
  begin(0, 0);
  take(4);
  now += 60s;
  EXPECT_EQ(look(0, 5), Finding::fine);
  now += 5s;
  EXPECT_EQ(look(0, 6), Finding::fine);
}

TEST_F(CursorTest, an_outage_is_no_stall) {
  begin(0, 0);
  take(4);
  now += 60s;
  cursor.excuse(now);
  EXPECT_EQ(look(0, 20), Finding::fine);
}

TEST_F(CursorTest, a_log_that_ended_below_the_position_and_has_outgrown_it_since_was_made_anew) {
  begin(0, 0);
  take(4);
  cursor.out_of_range();
  EXPECT_EQ(look(0, 20), Finding::made_anew);
  EXPECT_EQ(cursor.position(), 0);
  EXPECT_EQ(look(0, 20), Finding::fine);
}

}  // namespace
}  // namespace wsf::kafka
