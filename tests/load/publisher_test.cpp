#include "load/publisher.hpp"

#include "load/event_mark.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr std::int64_t kStart_ns = 1'705'314'600'000'000'000;

struct KeptOutput : EventOutput {
  bool open = true;
  std::vector<std::pair<std::string, std::string>> events;  // pair, text

  bool put(std::string_view pair, std::string_view event) override {
    if (open) events.emplace_back(pair, event);
    return open;
  }
  std::vector<std::int64_t> due_ms() const {
    std::vector<std::int64_t> out;
    for (const auto& [pair, text] : events) out.push_back((find_mark(text)->due_ns - kStart_ns) / 1'000'000);
    return out;
  }
};

PublishPlan plan(std::vector<std::string> pairs, double rate_per_s) {
  PublishPlan out;
  out.pairs = std::move(pairs);
  out.rate_per_s = rate_per_s;
  return out;
}

struct PublisherTest : ::testing::Test {
  KeptOutput output;
};

TEST_F(PublisherTest, each_event_is_due_at_its_place_in_the_schedule) {
  Publisher publisher(plan({"EURUSD"}, 10), output, kStart_ns);
  EXPECT_EQ(publisher.step(0ms), 100ms);
  EXPECT_EQ(publisher.step(99ms), 100ms);
  EXPECT_EQ(publisher.step(100ms), 200ms);
  EXPECT_THAT(output.due_ms(), ElementsAre(0, 100));
}

TEST_F(PublisherTest, a_late_call_publishes_all_that_became_due_with_its_own_due_times) {
  Publisher publisher(plan({"EURUSD"}, 10), output, kStart_ns);
  EXPECT_EQ(publisher.step(350ms), 400ms);
  EXPECT_THAT(output.due_ms(), ElementsAre(0, 100, 200, 300));
  EXPECT_NEAR(publisher.lateness().max_ms, 350, 1);
}

TEST_F(PublisherTest, pairs_take_turns_and_count_for_themselves) {
  Publisher publisher(plan({"EURUSD", "USDJPY"}, 1000), output, kStart_ns);
  publisher.step(4ms);
  std::map<std::string, std::vector<std::uint32_t>> seqs;
  for (const auto& [pair, text] : output.events) seqs[pair].push_back(find_mark(text)->seq);
  EXPECT_THAT(seqs["EURUSD"], ElementsAre(1, 2, 3));
  EXPECT_THAT(seqs["USDJPY"], ElementsAre(1, 2));
  EXPECT_EQ(publisher.published_of(0), 3u);
  EXPECT_EQ(publisher.published_of(1), 2u);
}

TEST_F(PublisherTest, knows_what_is_due_in_a_span_without_publishing_it) {
  auto some = plan({"EURUSD", "USDJPY"}, 10);
  some.duration = 1s;
  const Publisher publisher(some, output, kStart_ns);
  EXPECT_EQ(publisher.due_of(0, 0ms, 1s), 5u);       // at 0, 200, ... 800 ms
  EXPECT_EQ(publisher.due_of(0, 200ms, 600ms), 2u);  // the end is not part of it
  EXPECT_EQ(publisher.due_of(1, 200ms, 600ms), 2u);  // 300, 500
  EXPECT_EQ(publisher.due_of(1, 0ms, 60s), 5u);      // the plan ends before
  EXPECT_TRUE(output.events.empty());
}

TEST_F(PublisherTest, what_is_due_comes_in_bursts_and_up_to_the_count) {
  auto bursts = plan({"EURUSD", "USDJPY"}, 100);
  bursts.burst = 4;  // one each 40 ms
  bursts.count = 10;
  const Publisher publisher(bursts, output, kStart_ns);
  EXPECT_EQ(publisher.due_of(0, 0ms, 1ms), 4u);
  EXPECT_EQ(publisher.due_of(1, 0ms, 40ms), 0u);
  EXPECT_EQ(publisher.due_of(1, 0ms, 41ms), 4u);
  EXPECT_EQ(publisher.due_of(0, 0ms, 1s), 6u);
}

TEST_F(PublisherTest, ends_after_the_count) {
  auto three = plan({"EURUSD"}, 1000);
  three.count = 3;
  Publisher publisher(three, output, kStart_ns);
  EXPECT_EQ(publisher.step(1s), std::nullopt);
  EXPECT_EQ(output.events.size(), 3u);
}

TEST_F(PublisherTest, nothing_is_due_at_or_after_the_duration) {
  auto short_plan = plan({"EURUSD"}, 10);
  short_plan.duration = 300ms;
  Publisher publisher(short_plan, output, kStart_ns);
  EXPECT_EQ(publisher.step(10s), std::nullopt);
  EXPECT_THAT(output.due_ms(), ElementsAre(0, 100, 200));
}

TEST_F(PublisherTest, offers_the_same_event_again_when_the_output_is_full) {
  Publisher publisher(plan({"EURUSD"}, 10), output, kStart_ns);
  output.open = false;
  const auto again = publisher.step(0ms);
  ASSERT_TRUE(again);
  EXPECT_GT(*again, 0ms);
  EXPECT_LE(*again, 10ms);
  EXPECT_EQ(publisher.published(), 0u);
  output.open = true;
  publisher.step(*again);
  ASSERT_EQ(output.events.size(), 1u);
  EXPECT_EQ(find_mark(output.events[0].second)->seq, 1u);
}

TEST_F(PublisherTest, being_refused_does_not_change_what_is_published) {
  KeptOutput undisturbed;
  Publisher other(plan({"EURUSD"}, 10), undisturbed, kStart_ns);
  Publisher publisher(plan({"EURUSD"}, 10), output, kStart_ns);
  output.open = false;
  publisher.step(100ms);
  output.open = true;
  publisher.step(100ms);
  other.step(100ms);
  EXPECT_EQ(output.events, undisturbed.events);
}

TEST_F(PublisherTest, cuts_a_long_backlog_into_bursts) {
  Publisher publisher(plan({"EURUSD"}, 1000), output, kStart_ns);
  const auto next = publisher.step(10s);
  EXPECT_EQ(output.events.size(), static_cast<std::size_t>(Publisher::kMaxBurst));
  ASSERT_TRUE(next);
  EXPECT_LE(*next, 10s);
}

TEST_F(PublisherTest, the_clock_drives_it_to_its_end) {
  auto ten = plan({"EURUSD"}, 10'000);
  ten.count = 10;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  Publisher publisher(ten, output, std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
  const std::atomic<bool> stop{false};
  run_open_loop(publisher, nullptr, stop);
  EXPECT_EQ(output.events.size(), 10u);
}

TEST_F(PublisherTest, stops_when_told) {
  Publisher publisher(plan({"EURUSD"}, 0.001), output, kStart_ns);
  const std::atomic<bool> stop{true};
  run_open_loop(publisher, nullptr, stop);
  EXPECT_EQ(publisher.published(), 0u);
}

}  // namespace
}  // namespace wsf::load
