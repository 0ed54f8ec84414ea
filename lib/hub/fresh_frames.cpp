#include "hub/fresh_frames.hpp"

#include <algorithm>
#include <cstring>

namespace wsf::hub {

FreshFrames::FreshFrames() : arena_(new char[kArenaBytes]) {}

void FreshFrames::append(List& list, const FramePtr& frame) {
  const std::uint32_t index = index_of(frame);
  const auto node = static_cast<std::uint32_t>(nodes_.size());
  nodes_.push_back({index, kNone});
  if (list.empty()) {
    list.first = node;
  } else {
    nodes_[list.last].next = node;
  }
  list.last = node;
}

// A broadcast appends one frame to many lists, or a few by turns when its subscribers want different encodings.
std::uint32_t FreshFrames::index_of(const FramePtr& frame) {
  const std::size_t count = frames_.size();
  for (std::size_t back = 1; back <= std::min(kEncodings, count); ++back) {
    if (frames_[count - back] == frame) return static_cast<std::uint32_t>(count - back);
  }
  frames_.push_back(frame);
  return static_cast<std::uint32_t>(count);
}

FreshFrames::Piece FreshFrames::join(const List& list) {
  if (list.first == list.last) return {Piece::Answer::joined, 1, frames_[nodes_[list.first].frame]->bytes()};
  std::size_t bytes = 0;
  std::uint32_t frames = 0;
  std::size_t hash = 0;
  for (std::uint32_t at = list.first; at != kNone; at = nodes_[at].next) {
    const std::uint32_t frame = nodes_[at].frame;
    bytes += frames_[frame]->bytes().size();
    hash = hash * 31 + frame;
    ++frames;
  }
  if (bytes > kMaxJoinedBytes) return {Piece::Answer::too_long, frames, {}};
  KeptPiece& kept = kept_[hash % kKeptPieces];
  if (kept.pass == pass_ && same(kept.list, list)) return kept.piece;
  if (bytes > kArenaBytes - arena_used_) return {Piece::Answer::no_room, frames, {}};
  char* const begin = arena_.get() + arena_used_;
  char* end = begin;
  for_each(list, [&end](const FramePtr& frame) {
    const std::string_view text = frame->bytes();
    std::memcpy(end, text.data(), text.size());
    end += text.size();
  });
  arena_used_ += bytes;
  kept = {list, {Piece::Answer::joined, frames, {begin, bytes}}, pass_};
  return kept.piece;
}

bool FreshFrames::same(const List& a, const List& b) const {
  std::uint32_t at = a.first;
  std::uint32_t other = b.first;
  while (at != kNone && other != kNone && nodes_[at].frame == nodes_[other].frame) {
    at = nodes_[at].next;
    other = nodes_[other].next;
  }
  return at == kNone && other == kNone;
}

void FreshFrames::forget_pieces() {
  if (arena_used_ == 0) return;
  arena_used_ = 0;
  ++pass_;
}

void FreshFrames::clear() {
  forget_pieces();
  frames_.clear();
  nodes_.clear();
}

}  // namespace wsf::hub
