#include "ws/frame_reader.hpp"

#include <algorithm>

namespace wsf::ws {
namespace {

using Kind = FrameEvent::Kind;
using protocol::Close;

constexpr std::size_t kStartBytes = 2;  // flags, opcode, mask bit and the short length
constexpr std::size_t kMaskBytes = 4;

bool known(Opcode opcode) {
  return opcode <= Opcode::binary || (opcode >= Opcode::close && opcode <= Opcode::pong);
}

std::size_t length_bytes(std::uint8_t second) {
  const int short_length = second & 0x7F;
  return short_length == 127 ? 8 : short_length == 126 ? 2 : 0;
}

std::uint64_t big_endian(std::span<const std::uint8_t> bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

std::string_view view(std::span<const char> bytes) {
  return {bytes.data(), bytes.size()};
}

}  // namespace

FrameReader::FrameReader(Role role, std::uint64_t max_message_bytes, Compression compression)
    : max_message_bytes_(static_cast<std::uint32_t>(std::min(max_message_bytes, kMostMessageBytes))),
      role_(role),
      compression_(compression) {}

FrameEvent FrameReader::next(std::span<char>& bytes) {
  release_delivered();
  while (!finished_) {
    if (!in_payload_) {
      if (const MaybeEvent event = take_header(bytes)) return *event;
    }
    const std::span<char> part = take_payload(bytes);
    if (const MaybeEvent event = finish_frame(part)) return *event;
  }
  bytes = bytes.last(0);
  return {};
}

// Leaves the reader at the start of a payload, or answers why it cannot be.
FrameReader::MaybeEvent FrameReader::take_header(std::span<char>& bytes) {
  const bool judged = header_have_ >= kStartBytes;
  if (!fill_header(bytes, kStartBytes)) return FrameEvent{};
  if (!judged) {
    if (const MaybeEvent refused = refuse_start()) return refused;
  }
  if (!fill_header(bytes, header_bytes())) return FrameEvent{};
  begin_payload();
  return take_length();
}

bool FrameReader::fill_header(std::span<char>& bytes, std::size_t wanted) {
  if (header_have_ >= wanted) return true;
  const std::size_t taken = std::min(wanted - header_have_, bytes.size());
  std::copy_n(bytes.begin(), taken, header_.begin() + header_have_);
  header_have_ = static_cast<std::uint8_t>(header_have_ + taken);
  bytes = bytes.subspan(taken);
  return header_have_ == wanted;
}

std::size_t FrameReader::header_bytes() const {
  return kStartBytes + length_bytes(header_[1]) + (role_ == Role::server ? kMaskBytes : 0);
}

// What the first two bytes tell.
FrameReader::MaybeEvent FrameReader::refuse_start() {
  const auto opcode = static_cast<Opcode>(header_[0] & 0x0F);
  const bool fin = (header_[0] & 0x80) != 0;
  const bool masked = (header_[1] & 0x80) != 0;
  const bool may_compress =
      compression_ == Compression::deflate && (opcode == Opcode::text || opcode == Opcode::binary);
  if ((header_[0] & (may_compress ? 0x30 : 0x70)) != 0) return fail(Close::protocol_error, "reserved bit set");
  if (!known(opcode)) return fail(Close::protocol_error, "reserved opcode");
  if (masked != (role_ == Role::server))
    return fail(Close::protocol_error, masked ? "masked frame" : "unmasked frame");
  if (is_control(opcode)) {
    if (!fin) return fail(Close::protocol_error, "fragmented control frame");
    if (length_bytes(header_[1]) != 0) return fail(Close::protocol_error, "control frame too long");
  } else if ((opcode == Opcode::continuation) != (message_ != Opcode::continuation)) {
    return fail(Close::protocol_error,
                message_ == Opcode::continuation ? "nothing to continue" : "continuation expected");
  }
  return std::nullopt;
}

void FrameReader::begin_payload() {
  if (role_ == Role::server) {
    std::copy_n(header_.begin() + kStartBytes + length_bytes(header_[1]), kMaskBytes, mask_.begin());
  }
  opcode_ = static_cast<Opcode>(header_[0] & 0x0F);
  fin_ = (header_[0] & 0x80) != 0;
  if (opcode_ == Opcode::text || opcode_ == Opcode::binary) {
    message_ = opcode_;
    compressed_ = (header_[0] & kRsv1) != 0;
  }
  header_have_ = 0;
  in_payload_ = true;
}

// Takes the payload's length from the whole header, or answers what is wrong with it.
FrameReader::MaybeEvent FrameReader::take_length() {
  const std::size_t extended = length_bytes(header_[1]);
  const std::uint64_t length =
      extended == 0 ? header_[1] & 0x7F : big_endian(std::span(header_).subspan(kStartBytes, extended));
  const bool shorter_form_exists = (extended == 2 && length < 126) || (extended == 8 && length <= 0xFFFF);
  if (shorter_form_exists) return fail(Close::protocol_error, "length not minimal");
  if (length >> 63 != 0) return fail(Close::protocol_error, "length above 63 bits");
  if (!is_control(opcode_) && length > max_message_bytes_ - message_bytes_) {
    return fail(Close::too_big, "message too big");
  }
  missing_bytes_ = static_cast<std::uint32_t>(length);
  return std::nullopt;
}

// The bytes that belong to the payload under way, unmasked.
std::span<char> FrameReader::take_payload(std::span<char>& bytes) {
  const std::size_t taken = std::min<std::size_t>(missing_bytes_, bytes.size());
  const std::span<char> part = bytes.first(taken);
  bytes = bytes.subspan(taken);
  missing_bytes_ -= static_cast<std::uint32_t>(taken);
  if (role_ == Role::server) {
    apply_mask(part, mask_);
    const std::array<std::uint8_t, kMaskBytes> mask = mask_;
    for (std::size_t i = 0; i < kMaskBytes; ++i) mask_[i] = mask[(i + taken) % kMaskBytes];
  }
  return part;
}

// An event when the part completes a message or a control frame, need_more when its frame goes on; nothing after a
// fragment that others follow.
FrameReader::MaybeEvent FrameReader::finish_frame(std::span<char> part) {
  const bool control = is_control(opcode_);
  if (!control && message_ == Opcode::text && !compressed_ && !utf8_.feed(view(part)))
    return fail(Close::invalid_payload, "invalid UTF-8");
  in_payload_ = missing_bytes_ > 0;
  if (!in_payload_ && control) return deliver_control(part);
  if (!in_payload_ && fin_) return deliver_message(part);
  keep(part);
  if (!control) message_bytes_ += static_cast<std::uint32_t>(part.size());
  if (in_payload_) return FrameEvent{};
  return std::nullopt;
}

void FrameReader::keep(std::span<const char> part) {
  if (part.empty()) return;
  if (!kept_) kept_ = std::make_unique<std::vector<char>>();
  const std::size_t wanted = kept_->size() + part.size();
  if (wanted > kept_->capacity()) {
    const std::size_t most = std::size_t{max_message_bytes_} + kMaxControlBytes;
    kept_->reserve(std::max(wanted, std::min(2 * kept_->capacity(), most)));
  }
  kept_->insert(kept_->end(), part.begin(), part.end());
}

// What is kept from `from` on, with this last part; the part itself where nothing of it had to be kept.
std::string_view FrameReader::gather(std::span<const char> part, std::size_t from) {
  if (!kept_ || kept_->size() == from) return view(part);
  keep(part);
  delivered_ = true;
  return view(std::span(*kept_).subspan(from));
}

FrameEvent FrameReader::deliver_message(std::span<const char> part) {
  if (!utf8_.complete()) return fail(Close::invalid_payload, "invalid UTF-8");
  const Kind kind = message_ == Opcode::text ? Kind::text : Kind::binary;
  message_ = Opcode::continuation;
  message_bytes_ = 0;
  return {kind, gather(part, 0), 0, compressed_};
}

FrameEvent FrameReader::deliver_control(std::span<const char> part) {
  const std::string_view payload = gather(part, message_bytes_);
  if (opcode_ == Opcode::close) return deliver_close(payload);
  return {opcode_ == Opcode::ping ? Kind::ping : Kind::pong, payload};
}

FrameEvent FrameReader::deliver_close(std::string_view payload) {
  if (payload.size() == 1) return fail(Close::protocol_error, "close code cut short");
  std::uint16_t code = kNoStatus;
  if (!payload.empty()) {
    const auto high = static_cast<std::uint8_t>(payload[0]);
    code = static_cast<std::uint16_t>(high << 8 | static_cast<std::uint8_t>(payload[1]));
    if (!protocol::sendable(code)) return fail(Close::protocol_error, "invalid close code");
    payload.remove_prefix(2);
    if (!base::is_valid_utf8(payload)) return fail(Close::invalid_payload, "invalid UTF-8 in close reason");
  }
  finish();
  return {Kind::close, payload, code};
}

FrameEvent FrameReader::fail(Close code, std::string_view cause) {
  finish();
  return {Kind::error, cause, protocol::number(code)};
}

// The next call frees whatever is held, a message cut off by the end too.
void FrameReader::finish() {
  finished_ = true;
  delivered_ = true;
  message_bytes_ = 0;
}

void FrameReader::release_delivered() {
  if (!delivered_) return;
  delivered_ = false;
  if (message_bytes_ == 0) return kept_.reset();
  kept_->resize(message_bytes_);
}

}  // namespace wsf::ws
