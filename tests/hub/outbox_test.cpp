#include "hub/outbox.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace wsf::hub {
namespace {

// A frame of a key that says nothing of positions.
FramePtr plain(KeyId key, std::string_view text) {
  FrameSubject subject;
  subject.key = key;
  return Frame::make({}, text, subject);
}

FramePtr reply(std::string_view text) {
  return Frame::make({}, text);
}

// Says in the text what became of the frame: "<event>@<offset><<offset before>x<left out>".
class TellingRemaker final : public Remaker {
 public:
  FramePtr remake(const Frame& newest, std::uint32_t conflated,
                  const std::optional<base::Position>& previous) const override {
    FrameSubject subject = newest.subject();
    subject.previous = previous;
    const std::string text = std::string(newest.event()) + "@" + std::to_string(subject.position.offset) + "<" +
                             (previous ? std::to_string(previous->offset) : "null") + "x" + std::to_string(conflated);
    return Frame::make({}, text, subject);
  }
};
const TellingRemaker kRemaker;

// A frame that names its position, in an encoding for tests: "<event>@<offset>".
FramePtr positioned(KeyId key, std::int64_t offset, std::optional<std::int64_t> previous) {
  FrameSubject subject;
  subject.key = key;
  subject.position = {0, offset};
  if (previous) subject.previous = base::Position{0, *previous};
  subject.event_bytes = 1;
  subject.remaker = &kRemaker;
  return Frame::make({}, "e@" + std::to_string(offset), subject);
}

FramePtr standing_for(std::uint32_t others, const FramePtr& frame) {
  FrameSubject subject = frame->subject();
  subject.conflated = others;
  return Frame::make({}, frame->bytes(), subject);
}

class OutboxTest : public testing::Test {
 protected:
  ~OutboxTest() override {
    outbox.clear(pool);
    EXPECT_EQ(pool.in_use(), 0u);
  }

  // What the outbox offers, one word for each buffer; the socket takes nothing of it.
  std::string offered() {
    std::array<iovec, 16> buffers;
    const int count = outbox.gather(pool, buffers.data(), 16);
    std::string all;
    for (int i = 0; i < count; ++i) {
      const iovec& b = buffers[static_cast<std::size_t>(i)];
      if (i > 0) all += ' ';
      all.append(static_cast<const char*>(b.iov_base), b.iov_len);
    }
    return all;
  }

  OutboxPool pool;
  Outbox outbox;
};

TEST_F(OutboxTest, frames_wait_in_order_and_none_is_left_out_until_conflation_begins) {
  outbox.push(pool, plain(1, "a1"), 0);
  outbox.push(pool, plain(1, "a2"), 0);
  outbox.push(pool, plain(2, "b1"), 0);
  EXPECT_EQ(offered(), "a1 a2 b1");
  EXPECT_EQ(outbox.bytes(), 6u);
  EXPECT_EQ(outbox.frames(), 3u);
}

TEST_F(OutboxTest, what_the_socket_took_is_not_offered_again) {
  outbox.push(pool, plain(1, "abc"), 0);
  outbox.push(pool, plain(2, "def"), 0);
  outbox.consume(pool, 4);
  EXPECT_EQ(offered(), "ef");
  EXPECT_EQ(outbox.bytes(), 2u);
  outbox.consume(pool, 2);
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.bytes(), 0u);
}

TEST_F(OutboxTest, conflation_keeps_the_newest_of_each_key_at_the_place_of_the_oldest) {
  for (const auto& [key, text] : {std::pair{1u, "a1"}, {2u, "b1"}, {1u, "a2"}, {3u, "c1"}, {2u, "b2"}, {1u, "a3"}}) {
    outbox.push(pool, plain(key, text), 0);
  }
  EXPECT_EQ(outbox.conflate(pool), 3u);
  EXPECT_EQ(offered(), "a3 b2 c1");
  EXPECT_EQ(outbox.bytes(), 6u);
}

TEST_F(OutboxTest, a_conflating_outbox_holds_one_frame_for_each_key_however_many_come) {
  outbox.push(pool, plain(1, "a0"), 0);
  outbox.conflate(pool);
  unsigned left_out = 0;
  for (int i = 1; i < 10; ++i) left_out += outbox.push(pool, plain(1, "a" + std::to_string(i)), 0);
  outbox.push(pool, plain(2, "b"), 0);
  EXPECT_EQ(left_out, 9u);
  EXPECT_EQ(offered(), "a9 b");
}

TEST_F(OutboxTest, a_frame_that_the_socket_has_begun_is_never_replaced) {
  outbox.push(pool, plain(1, "a1"), 0);
  outbox.consume(pool, 1);
  outbox.push(pool, plain(1, "a2"), 0);
  outbox.conflate(pool);
  outbox.push(pool, plain(1, "a3"), 0);
  EXPECT_EQ(offered(), "1 a3");
}

TEST_F(OutboxTest, replies_never_conflate) {
  outbox.push(pool, reply("r1"), 0);
  outbox.push(pool, reply("r2"), 0);
  EXPECT_EQ(outbox.conflate(pool), 0u);
  outbox.push(pool, reply("r3"), 0);
  EXPECT_EQ(offered(), "r1 r2 r3");
  EXPECT_EQ(outbox.reply_bytes(), 6u);
}

TEST_F(OutboxTest, an_emptied_outbox_keeps_every_frame_again) {
  outbox.push(pool, plain(1, "a1"), 0);
  outbox.conflate(pool);
  outbox.consume(pool, 2);
  EXPECT_FALSE(outbox.conflating());
  outbox.push(pool, plain(1, "a2"), 0);
  outbox.push(pool, plain(1, "a3"), 0);
  EXPECT_EQ(offered(), "a2 a3");
}

TEST_F(OutboxTest, a_conflated_frame_names_what_stood_before_the_first_one_left_out) {
  outbox.push(pool, positioned(1, 10, 9), 0);
  outbox.push(pool, positioned(1, 11, 10), 0);
  outbox.push(pool, positioned(1, 12, 11), 0);
  outbox.conflate(pool);
  EXPECT_EQ(offered(), "e@12<9x2");
  outbox.push(pool, positioned(1, 13, 12), 0);
  EXPECT_EQ(offered(), "e@13<9x3");
}

TEST_F(OutboxTest, frames_that_stand_for_others_are_counted_with_those_once) {
  outbox.push(pool, standing_for(2, positioned(1, 4, 1)), 0);
  outbox.conflate(pool);
  outbox.push(pool, standing_for(1, positioned(1, 6, 4)), 0);
  EXPECT_EQ(offered(), "e@6<1x4") << "2, the frame that was replaced, and 1";
  outbox.push(pool, positioned(1, 7, 6), 0);
  EXPECT_EQ(offered(), "e@7<1x5");
}

TEST_F(OutboxTest, frames_without_positions_stand_for_others_too) {
  outbox.push(pool, standing_for(2, plain(1, "a")), 0);
  outbox.push(pool, standing_for(3, plain(1, "b")), 0);
  outbox.push(pool, positioned(1, 9, 8), 0);
  outbox.conflate(pool);
  EXPECT_EQ(offered(), "e@9<nullx7");
}

TEST_F(OutboxTest, the_frame_after_a_begun_one_begins_its_own_chain) {
  outbox.push(pool, positioned(1, 10, 9), 0);
  outbox.consume(pool, 1);
  outbox.push(pool, positioned(1, 11, 10), 0);
  outbox.push(pool, positioned(1, 12, 11), 0);
  outbox.conflate(pool);
  EXPECT_EQ(offered(), "@10 e@12<10x1");
}

TEST_F(OutboxTest, bytes_stay_right_when_a_frame_is_made_anew) {
  outbox.push(pool, positioned(1, 10, std::nullopt), 0);
  outbox.push(pool, positioned(1, 11, 10), 0);
  outbox.conflate(pool);
  const std::string text = offered();
  EXPECT_EQ(outbox.bytes(), text.size());
  outbox.consume(pool, text.size());
  EXPECT_EQ(outbox.bytes(), 0u);
}

TEST_F(OutboxTest, dropping_a_key_takes_out_all_of_it_but_a_begun_frame) {
  for (const auto& [key, text] : {std::pair{1u, "a1"}, {2u, "b1"}, {1u, "a2"}, {1u, "a3"}}) {
    outbox.push(pool, plain(key, text), 0);
  }
  outbox.consume(pool, 1);
  outbox.drop_key(pool, 1);
  EXPECT_EQ(offered(), "1 b1");
  outbox.push(pool, plain(3, "c1"), 0);
  EXPECT_EQ(offered(), "1 b1 c1");
}

TEST_F(OutboxTest, dropping_the_key_of_every_frame_empties_it) {
  outbox.push(pool, plain(1, "a1"), 0);
  outbox.push(pool, plain(1, "a2"), 0);
  outbox.drop_key(pool, 1);
  EXPECT_TRUE(outbox.empty());
  EXPECT_EQ(outbox.bytes(), 0u);
}

TEST_F(OutboxTest, dropping_what_waits_leaves_the_rest_of_a_begun_frame) {
  outbox.push(pool, plain(1, "abc"), 0);
  outbox.push(pool, reply("r"), 0);
  outbox.consume(pool, 1);
  outbox.drop_waiting(pool);
  EXPECT_EQ(offered(), "bc");
  EXPECT_EQ(outbox.bytes(), 2u);
  EXPECT_EQ(outbox.reply_bytes(), 0u);
}

TEST_F(OutboxTest, a_replaced_frame_keeps_the_age_of_its_place) {
  outbox.push(pool, plain(1, "a1"), 100);
  outbox.conflate(pool);
  outbox.push(pool, plain(1, "a2"), 900);
  EXPECT_EQ(outbox.oldest_ms(pool), 100);
}

TEST_F(OutboxTest, gathering_stops_at_the_capacity_given) {
  for (int i = 0; i < 5; ++i) outbox.push(pool, reply("r"), 0);
  std::array<iovec, 3> buffers;
  EXPECT_EQ(outbox.gather(pool, buffers.data(), 3), 3);
}

}  // namespace
}  // namespace wsf::hub
