#pragma once
// A frame for many sessions in the encodings that they take: as it is and, once the first of them wants it,
// compressed, on its own or with reference to what came before it. Used on its shard's thread; lives while a
// broadcast walks over the subscribers.

#include "hub/frame.hpp"
#include "ws/deflate.hpp"

#include <cstddef>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::ws {

class SharedFrame {
 public:
  SharedFrame() = default;
  explicit SharedFrame(hub::FramePtr plain) : plain_(std::move(plain)) {}

  explicit operator bool() const { return plain_ != nullptr; }
  const hub::FramePtr& plain() const { return plain_; }
  bool asked_for_compressed() const { return compressed_ != nullptr; }
  // Made by the first call. The plain frame itself when it is short or compression does not pay.
  const hub::FramePtr& compressed(Deflater& deflater);
  // With reference to the messages before it, whose end the sessions that get it have: kept for each length that is
  // asked for. The plain frame itself when compression does not pay.
  const hub::FramePtr& continued(Deflater& deflater, std::string_view history);
  std::size_t continuations() const { return continued_.size(); }  // that were made

 private:
  struct Continued {
    std::size_t history_bytes;
    hub::FramePtr frame;
  };
  hub::FramePtr twin(std::string_view payload) const;

  hub::FramePtr plain_;
  hub::FramePtr compressed_;
  std::vector<Continued> continued_;  // few: sessions that are not new have all of the history
};

}  // namespace wsf::ws
