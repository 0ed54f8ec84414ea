#include "hub/fresh_frames.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace wsf::hub {
namespace {

using Answer = FreshFrames::Piece::Answer;

FramePtr frame(std::string_view text) {
  return Frame::make({}, text);
}

class FreshFramesTest : public testing::Test {
 protected:
  FreshFrames::List list_of(const std::vector<FramePtr>& frames) {
    FreshFrames::List list;
    for (const FramePtr& one : frames) fresh.append(list, one);
    return list;
  }
  std::string_view bytes_of(const FreshFrames::List& list) { return fresh.join(list).bytes; }

  FreshFrames fresh;
  const FramePtr a = frame("aa"), b = frame("b"), c = frame("ccc");
};

TEST_F(FreshFramesTest, lists_that_grow_by_turns_keep_their_own_order) {
  FreshFrames::List one, other;
  fresh.append(one, a);
  fresh.append(other, b);
  fresh.append(one, c);
  fresh.append(other, a);
  EXPECT_EQ(bytes_of(one), "aaccc");
  EXPECT_EQ(bytes_of(other), "baa");
}

TEST_F(FreshFramesTest, a_single_frame_is_not_copied) {
  const FreshFrames::Piece piece = fresh.join(list_of({a}));
  EXPECT_EQ(piece.bytes.data(), a->bytes().data());
  EXPECT_EQ(piece.frames, 1u);
}

TEST_F(FreshFramesTest, lists_that_got_the_same_frames_share_a_piece) {
  FreshFrames::List one, other;
  for (const FramePtr& each : {a, b, c}) {
    fresh.append(one, each);
    fresh.append(other, each);
  }
  EXPECT_EQ(bytes_of(one), "aabccc");
  EXPECT_EQ(bytes_of(other).data(), bytes_of(one).data());
}

TEST_F(FreshFramesTest, a_piece_is_not_taken_for_that_of_a_longer_or_a_shorter_list) {
  FreshFrames::List one, longer, shorter;
  for (FreshFrames::List* list : {&one, &longer, &shorter}) fresh.append(*list, a);
  for (FreshFrames::List* list : {&one, &longer, &shorter}) fresh.append(*list, b);
  for (FreshFrames::List* list : {&one, &longer}) fresh.append(*list, c);
  fresh.append(longer, a);
  EXPECT_EQ(bytes_of(one), "aabccc");
  EXPECT_EQ(bytes_of(longer), "aabcccaa");
  EXPECT_EQ(bytes_of(shorter), "aab");
}

TEST_F(FreshFramesTest, what_is_too_long_is_not_joined) {
  const FramePtr half = frame(std::string(FreshFrames::kMaxJoinedBytes / 2, 'h'));
  EXPECT_EQ(fresh.join(list_of({half, half})).answer, Answer::joined);
  EXPECT_EQ(fresh.join(list_of({half, half, b})).answer, Answer::too_long);
}

TEST_F(FreshFramesTest, a_full_arena_has_room_again_once_the_pieces_are_forgotten) {
  const FramePtr big = frame(std::string(FreshFrames::kMaxJoinedBytes - 10, 'x'));
  std::vector<FramePtr> tails;
  FreshFrames::List last;
  FreshFrames::Piece piece;
  for (int i = 0; piece.answer == Answer::joined; ++i) {
    ASSERT_LT(i, 100);
    tails.push_back(frame(std::to_string(i)));
    last = list_of({big, tails.back()});
    piece = fresh.join(last);
  }
  EXPECT_EQ(piece.answer, Answer::no_room);
  fresh.forget_pieces();
  EXPECT_EQ(bytes_of(last), std::string(big->bytes()) + std::string(tails.back()->bytes()));
}

TEST_F(FreshFramesTest, many_different_frames_crowd_it_as_many_places_for_the_same_do) {
  FreshFrames::List list;
  for (std::size_t i = 0; i + 1 < FreshFrames::kCrowded; ++i) fresh.append(list, a);
  EXPECT_FALSE(fresh.crowded());
  fresh.append(list, a);
  EXPECT_TRUE(fresh.crowded());
  fresh.clear();
  for (std::size_t i = 0; i < FreshFrames::kMaxHeld; ++i) fresh.append(list, frame("x"));
  EXPECT_TRUE(fresh.crowded());
}

TEST_F(FreshFramesTest, each_frame_is_visited_in_order_and_let_go_by_clear) {
  std::string seen;
  fresh.for_each(list_of({c, a, b}), [&](const FramePtr& one) { seen += one->bytes(); });
  EXPECT_EQ(seen, "cccaab");
  fresh.clear();
  EXPECT_TRUE(fresh.empty());
  EXPECT_EQ(a->references(), 1u);
}

}  // namespace
}  // namespace wsf::hub
