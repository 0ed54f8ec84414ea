#include "ws/shared_frame.hpp"

#include "ws/frame.hpp"

#include <array>

namespace wsf::ws {

const hub::FramePtr& SharedFrame::compressed(Deflater& deflater) {
  if (compressed_) return compressed_;
  compressed_ = plain_;
  const std::string_view message = unmasked_payload(plain_->bytes());
  if (message.size() < Deflater::kLeastBytes) return compressed_;
  const std::string_view payload = deflater.deflate(message);
  if (payload.empty()) return compressed_;
  std::array<std::uint8_t, kMaxHeaderBytes> header;
  const auto opcode = static_cast<Opcode>(plain_->bytes().front() & 0x0F);
  const std::size_t size = encode_header(header.data(), opcode, payload.size());
  header[0] |= kRsv1;
  compressed_ = hub::Frame::make_twin(plain_, {reinterpret_cast<const char*>(header.data()), size}, payload);
  return compressed_;
}

}  // namespace wsf::ws
