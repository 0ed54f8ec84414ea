#include "hub/pacing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::hub {
namespace {

using testing::IsEmpty;
using testing::Optional;
using testing::SizeIs;

constexpr Slot kSlot = 3;
constexpr KeyId kEuro = 7;

FramePtr update(std::int64_t offset) {
  FrameSubject subject;
  subject.key = kEuro;
  subject.position = {0, offset};
  subject.previous = base::Position{0, offset - 1};
  return Frame::make("", std::to_string(offset), subject);
}

class PacingTest : public testing::Test {
 protected:
  bool admit(std::int64_t offset, std::int64_t now_ms) { return pacing.admit(kSlot, kEuro, update(offset), now_ms); }
  std::string due_at(std::int64_t now_ms) {
    std::string out;
    for (const HeldFrame& held : pacing.take_due(now_ms)) out += held.frame->bytes();
    return out;
  }

  Pacing pacing;
};

TEST_F(PacingTest, the_first_goes_out_at_once_however_small_the_rate) {
  pacing.limit(kSlot, kEuro, 1e-300);
  EXPECT_TRUE(admit(1, 0));
  EXPECT_FALSE(admit(2, 1'000'000'000));
}

TEST_F(PacingTest, the_newest_of_what_came_too_early_goes_out_when_its_time_has_come) {
  pacing.limit(kSlot, kEuro, 10);
  EXPECT_TRUE(admit(1, 1'000));
  EXPECT_FALSE(admit(2, 1'001));
  EXPECT_FALSE(admit(3, 1'099));
  EXPECT_THAT(pacing.next_due_ms(), Optional(1'100));
  EXPECT_EQ(due_at(1'099), "");
  EXPECT_EQ(due_at(1'100), "3");
  EXPECT_EQ(due_at(1'200), "");
  EXPECT_EQ(pacing.next_due_ms(), std::nullopt);
}

TEST_F(PacingTest, what_goes_out_late_keeps_its_distance_from_the_next) {
  pacing.limit(kSlot, kEuro, 10);
  admit(1, 1'000);
  admit(2, 1'001);
  due_at(1'150);
  EXPECT_FALSE(admit(3, 1'249));
  EXPECT_EQ(due_at(1'250), "3");
}

TEST_F(PacingTest, fractions_of_a_rate_count) {
  pacing.limit(kSlot, kEuro, 0.2);
  admit(1, 0);
  EXPECT_FALSE(admit(2, 4'999));
  EXPECT_EQ(due_at(5'000), "2");
  pacing.limit(kSlot, kEuro, 600);
  EXPECT_FALSE(admit(3, 5'001));
  EXPECT_THAT(pacing.next_due_ms(), Optional(5'002));
}

TEST_F(PacingTest, what_is_held_knows_what_it_stands_for) {
  pacing.limit(kSlot, kEuro, 10);
  admit(1, 1'000);
  admit(2, 1'001);
  admit(3, 1'002);
  admit(4, 1'003);
  const HeldFrame held = pacing.take_due(1'100).front();
  EXPECT_EQ(held.slot, kSlot);
  EXPECT_EQ(held.left_out, 2u);
  EXPECT_THAT(held.previous, Optional(base::Position{0, 1}));
  EXPECT_EQ(pacing.left_out(), 2u);
}

TEST_F(PacingTest, held_alone_it_names_its_own_previous) {
  pacing.limit(kSlot, kEuro, 10);
  admit(1, 1'000);
  admit(2, 1'001);
  const HeldFrame held = pacing.take_due(1'100).front();
  EXPECT_EQ(held.left_out, 0u);
  EXPECT_THAT(held.previous, Optional(base::Position{0, 1}));
}

TEST_F(PacingTest, a_new_limit_counts_from_the_last_update_and_for_what_is_held) {
  pacing.limit(kSlot, kEuro, 1);
  admit(1, 1'000);
  admit(2, 1'001);
  pacing.limit(kSlot, kEuro, 10);
  EXPECT_THAT(pacing.next_due_ms(), Optional(1'100));
  EXPECT_EQ(due_at(1'100), "2");
}

TEST_F(PacingTest, a_lifted_limit_gives_back_what_was_held_and_leaves_nothing) {
  pacing.limit(kSlot, kEuro, 10);
  admit(1, 1'000);
  admit(2, 1'001);
  EXPECT_EQ(pacing.lift(kSlot, kEuro).frame->bytes(), "2");
  EXPECT_EQ(pacing.held(), 0u);
  EXPECT_THAT(pacing.take_due(9'999), IsEmpty());
  EXPECT_FALSE(pacing.lift(kSlot, kEuro).frame);
}

TEST_F(PacingTest, one_that_passes_takes_the_place_of_what_is_held) {
  pacing.limit(kSlot, kEuro, 10);
  admit(1, 1'000);
  admit(2, 1'001);
  admit(3, 1'002);
  EXPECT_EQ(pacing.pass(kSlot, kEuro, 1'050).left_out, 1u);
  EXPECT_FALSE(admit(4, 1'149));
  EXPECT_EQ(due_at(1'150), "4");
}

TEST_F(PacingTest, each_session_and_each_key_has_a_pace_of_its_own) {
  pacing.limit(kSlot, kEuro, 10);
  pacing.limit(kSlot, kEuro + 1, 5);
  pacing.limit(kSlot + 1, kEuro, 1);
  for (const auto& [slot, key] : {std::pair{kSlot, kEuro}, {kSlot, kEuro + 1}, {kSlot + 1, kEuro}}) {
    EXPECT_TRUE(pacing.admit(slot, key, update(1), 1'000));
    EXPECT_FALSE(pacing.admit(slot, key, update(2), 1'001));
  }
  EXPECT_THAT(pacing.take_due(1'199), SizeIs(1));
  EXPECT_THAT(pacing.take_due(2'000), SizeIs(2));
}

}  // namespace
}  // namespace wsf::hub
