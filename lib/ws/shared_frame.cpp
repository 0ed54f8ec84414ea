#include "ws/shared_frame.hpp"

#include "ws/frame.hpp"

#include <algorithm>
#include <array>

namespace wsf::ws {

const hub::FramePtr& SharedFrame::compressed(Deflater& deflater) {
  if (compressed_) return compressed_;
  compressed_ = plain_;
  const std::string_view message = unmasked_payload(plain_->bytes());
  if (message.size() < Deflater::kLeastBytes) return compressed_;
  const std::string_view payload = deflater.deflate(message);
  if (payload.empty()) return compressed_;
  compressed_ = twin(payload);
  return compressed_;
}

const hub::FramePtr& SharedFrame::continued(Deflater& deflater, std::string_view history) {
  const auto known = std::ranges::find(continued_, history.size(), &Continued::history_bytes);
  if (known != continued_.end()) return known->frame;
  const std::string_view payload = deflater.deflate(unmasked_payload(plain_->bytes()), history);
  return continued_.emplace_back(Continued{history.size(), payload.empty() ? plain_ : twin(payload)}).frame;
}

hub::FramePtr SharedFrame::twin(std::string_view payload) const {
  std::array<std::uint8_t, kMaxHeaderBytes> header;
  const auto opcode = static_cast<Opcode>(plain_->bytes().front() & 0x0F);
  const std::size_t size = encode_header(header.data(), opcode, payload.size());
  header[0] |= kRsv1;
  return hub::Frame::make_twin(plain_, {reinterpret_cast<const char*>(header.data()), size}, payload);
}

}  // namespace wsf::ws
