#include "load/replay.hpp"

#include "fakes/scratch_folder.hpp"
#include "kept_records.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::Pair;

// Three records: at once, after 100 ms, after 400 ms.
struct ReplayTest : ::testing::Test {
  ScratchFolder scratch;
  std::string path = scratch.file("x.ndjson");
  KeptRecords output;

  Recording recorded(const std::string& text) const {
    std::ofstream(path) << text;
    return Recording::open(path).value();
  }
  Recording three = recorded(R"({"timestamp":1000,"partition":0,"key":"EURUSD","value":"a"}
{"timestamp":1100,"partition":0,"key":null,"value_base64":"/w=="}
{"timestamp":1400,"partition":0,"key":"EURUSD","value":null}
)");
};

TEST_F(ReplayTest, records_go_out_as_they_were_at_their_distances) {
  Replay replay(three, {}, output, 0);
  EXPECT_EQ(replay.step(0ms), 100ms);
  EXPECT_EQ(replay.step(100ms), 400ms);
  EXPECT_EQ(replay.step(400ms), std::nullopt);
  EXPECT_THAT(output.records,
              ElementsAre(Pair("EURUSD", "a"), Pair(std::nullopt, "\xFF"), Pair("EURUSD", std::nullopt)));
}

TEST_F(ReplayTest, the_speed_divides_the_distances) {
  Replay replay(three, {.speed = 4}, output, 0);
  EXPECT_EQ(replay.step(0ms), 25ms);
  EXPECT_EQ(replay.step(25ms), 100ms);
}

TEST_F(ReplayTest, without_a_speed_all_go_at_once) {
  Replay replay(three, {.speed = 0}, output, 0);
  EXPECT_EQ(replay.step(0ms), std::nullopt);
  EXPECT_EQ(output.records.size(), 3u);
  EXPECT_EQ(replay.lateness().count, 0u);
}

TEST_F(ReplayTest, what_is_late_goes_at_once_and_counts_as_late) {
  Replay replay(three, {}, output, 0);
  EXPECT_EQ(replay.step(300ms), 400ms);
  EXPECT_EQ(replay.published(), 2u);
  EXPECT_EQ(replay.lateness().count, 2u);
  EXPECT_NEAR(replay.lateness().max_ms, 300, 3);
}

TEST_F(ReplayTest, a_loop_begins_again_one_mean_distance_after_the_last) {
  Replay replay(three, {.loop = true}, output, 0);
  EXPECT_EQ(replay.step(400ms), 600ms);
  EXPECT_EQ(replay.step(600ms), 700ms);
  EXPECT_EQ(output.records.back(), output.records.front());
}

TEST_F(ReplayTest, a_loop_over_one_time_waits_between_its_rounds) {
  const Recording one = recorded("{\"timestamp\":7,\"partition\":0,\"key\":null,\"value\":\"a\"}\n");
  Replay replay(one, {.speed = 2, .loop = true}, output, 0);
  EXPECT_EQ(replay.step(0ms), 500ms);
}

TEST_F(ReplayTest, a_count_ends_it_in_the_middle_of_a_round) {
  Replay replay(three, {.loop = true, .count = 4}, output, 0);
  EXPECT_EQ(replay.step(10s), std::nullopt);
  EXPECT_EQ(output.records.size(), 4u);
}

TEST_F(ReplayTest, nothing_is_due_at_or_after_the_duration) {
  Replay replay(three, {.loop = true, .duration = 600ms}, output, 0);
  EXPECT_EQ(replay.step(10s), std::nullopt);
  EXPECT_EQ(output.records.size(), 3u);
}

TEST_F(ReplayTest, the_duration_ends_a_loop_without_a_speed) {
  Replay replay(three, {.speed = 0, .loop = true, .duration = 1s}, output, 0);
  EXPECT_LE(replay.step(0ms), 0ms);
  EXPECT_EQ(output.records.size(), static_cast<std::size_t>(OpenLoop::kMaxBurst));
  EXPECT_EQ(replay.step(1s), std::nullopt);
}

TEST_F(ReplayTest, what_the_output_refuses_is_offered_again) {
  Replay replay(three, {}, output, 0);
  output.open = false;
  EXPECT_EQ(replay.step(0ms), 1ms);
  EXPECT_EQ(replay.published(), 0u);
  output.open = true;
  replay.step(1ms);
  EXPECT_THAT(output.records, ElementsAre(Pair("EURUSD", "a")));
}

}  // namespace
}  // namespace wsf::load
