#include "load/notify_publisher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

constexpr std::int64_t kStart_ns = 1'705'226'400'000'000'000;  // 2024-01-14T10:00:00Z

struct KeptNotifications : NotifyOutput {
  bool open = true;
  std::vector<std::string> texts;

  bool put(std::string_view user, std::string_view payload) override {
    if (open) texts.push_back(std::string(user) + " " + std::string(payload));
    return open;
  }
};

void append_seq(std::string& out, const Notification& one) {
  out += std::to_string(one.seq) + " at " + std::to_string((one.due_ns - kStart_ns) / 1'000'000);
}

TEST(notify_publisher, users_take_turns_and_each_has_its_own_numbers) {
  KeptNotifications output;
  NotifyPublisher publisher({"ada", "bob"}, {.rate_per_s = 10, .count = 3}, append_seq, output, kStart_ns);
  EXPECT_EQ(publisher.step(1s), std::nullopt);
  EXPECT_THAT(output.texts, ElementsAre("ada 1 at 0", "bob 1 at 100", "ada 2 at 200"));
}

TEST(notify_publisher, a_notification_that_was_refused_is_offered_again_as_it_was) {
  KeptNotifications output;
  NotifyPublisher publisher({"ada"}, {.rate_per_s = 10, .count = 1}, append_seq, output, kStart_ns);
  output.open = false;
  EXPECT_EQ(publisher.step(0ms), 1ms);
  output.open = true;
  EXPECT_EQ(publisher.step(5ms), std::nullopt);
  EXPECT_THAT(output.texts, ElementsAre("ada 1 at 0"));
}

TEST(notify_publisher, a_notification_tells_for_whom_it_is_and_when_it_was_due) {
  std::string text;
  append_notification(text, {"ada", 7, kStart_ns + 1'500'000}, "r");
  EXPECT_EQ(text,
            R"({"type":"notification","userId":"ada","message":"Notification 7",)"
            R"("timestamp":"2024-01-14T10:00:00.001Z","load":{"run":"r","seq":7,"due_ns":1705226400001500000}})");
}

}  // namespace
}  // namespace wsf::load
