#pragma once
// Frames queued since the last flush, for sessions that have nothing waiting. Nearly every frame goes out in the
// flush that follows, whole; so it costs its session eight bytes here, and an entry in the outbox only when the
// socket did not take it. One for each shard.
//
// What is fresh for a session is joined into one piece of memory before it is written: one buffer is cheaper for the
// kernel than many, and sessions that got the same frames share the piece.

#include "hub/frame.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace wsf::hub {

class FreshFrames {
 public:
  static constexpr std::size_t kMaxJoinedBytes = 64 * 1024;  // a longer list is not joined
  static constexpr std::size_t kArenaBytes = 1024 * 1024;    // of joined pieces at a time
  static constexpr std::size_t kCrowded = 256 * 1024;        // frames in all lists; the owner should flush then,
  static constexpr std::size_t kMaxHeld = 16 * 1024;         // and with so many that differ: they are kept alive here

  // One session's frames, in order. Part of the session; a value of its own has no meaning without its FreshFrames.
  struct List {
    std::uint32_t first = kNone;
    std::uint32_t last = kNone;

    bool empty() const { return first == kNone; }
  };

  struct Piece {
    enum class Answer { joined, too_long, no_room };  // no_room: not before forget_pieces()

    Answer answer = Answer::joined;
    std::uint32_t frames = 0;
    std::string_view bytes;  // valid until forget_pieces() or clear()
  };

  FreshFrames();

  void append(List& list, const FramePtr& frame);

  // The list's frames as one piece. A list of one frame is that frame's own bytes.
  Piece join(const List& list);

  template <class Visit>
  void for_each(const List& list, Visit visit) const {
    for (std::uint32_t at = list.first; at != kNone; at = nodes_[at].next) visit(frames_[nodes_[at].frame]);
  }

  bool empty() const { return nodes_.empty(); }
  bool crowded() const { return nodes_.size() >= kCrowded || frames_.size() >= kMaxHeld; }

  // The pieces have been written. Lists stay.
  void forget_pieces();
  // Every list is done with.
  void clear();

 private:
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  static constexpr std::size_t kEncodings = 4;  // of one update: plain or with positions, either of them compressed
  static constexpr std::size_t kKeptPieces = 256;  // by the hash of their frames; the newer displaces the older

  struct Node {
    std::uint32_t frame;  // in frames_
    std::uint32_t next;
  };
  struct KeptPiece {
    List list;  // of the session that it was made for
    Piece piece;
    std::uint32_t pass = 0;  // between two forget_pieces()
  };

  std::uint32_t index_of(const FramePtr& frame);
  bool same(const List& a, const List& b) const;

  std::vector<FramePtr> frames_;
  std::vector<Node> nodes_;
  std::array<KeptPiece, kKeptPieces> kept_;
  std::unique_ptr<char[]> arena_;
  std::size_t arena_used_ = 0;
  std::uint32_t pass_ = 1;
};

}  // namespace wsf::hub
