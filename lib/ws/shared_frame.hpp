#pragma once
// A frame for many sessions in the two encodings that they take: as it is and, once the first of them wants it,
// compressed. Used on its shard's thread; lives while a broadcast walks over the subscribers.

#include "hub/frame.hpp"
#include "ws/deflate.hpp"

#include <utility>

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

 private:
  hub::FramePtr plain_;
  hub::FramePtr compressed_;
};

}  // namespace wsf::ws
