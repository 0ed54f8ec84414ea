#include "ws/deflate.hpp"

#include "base/check.hpp"
#include "base/utf8.hpp"

#include <zlib.h>

#include <algorithm>
#include <string>
#include <vector>

namespace wsf::ws {
namespace {

// What a flush ends with, left out on the wire (RFC 7692 section 7.2.1).
constexpr std::string_view kTail("\x00\x00\xff\xff", 4);

// Level 6 compresses an update of 300 bytes by 1 % more than level 1 in the same time. The small hash table is
// cleared for each message, and larger ones gained nothing up to 16 KiB.
constexpr int kLevel = 6;
constexpr int kMemoryLevel = 5;
constexpr int kRawWindow = -15;  // negative: no zlib header

constexpr std::size_t kFirstBytes = 4096;
constexpr std::size_t kMostWindow = std::size_t{1} << 15;

Bytef* input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));  // zlib only reads it
}

uInt size_of(std::string_view bytes) {
  base::check(bytes.size() <= UINT32_MAX, "a message is below 4 GiB");
  return static_cast<uInt>(bytes.size());
}

}  // namespace

struct Deflater::Stream {
  z_stream zlib{};
  std::vector<char> out;
};

Deflater::Deflater() : stream_(std::make_unique<Stream>()) {
  const int status = deflateInit2(&stream_->zlib, kLevel, Z_DEFLATED, kRawWindow, kMemoryLevel, Z_DEFAULT_STRATEGY);
  base::check(status == Z_OK, "zlib has memory for a window");
}

Deflater::~Deflater() {
  deflateEnd(&stream_->zlib);
}

std::string_view Deflater::deflate(std::string_view message, std::string_view history) {
  auto& [zlib, out] = *stream_;
  if (message.size() <= kTail.size()) return {};
  deflateReset(&zlib);
  if (!history.empty()) deflateSetDictionary(&zlib, input(history), size_of(history));
  // With room for no more than would pay, zlib stops where it does not.
  out.resize(message.size() - 1 + kTail.size());
  zlib.next_in = input(message);
  zlib.avail_in = size_of(message);
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  const int status = ::deflate(&zlib, Z_SYNC_FLUSH);
  if (status != Z_OK || zlib.avail_in > 0 || zlib.avail_out == 0) return {};  // a full buffer may hold half a flush
  return {out.data(), out.size() - zlib.avail_out - kTail.size()};
}

struct Inflater::Stream {
  z_stream zlib{};
  std::vector<char> out;
  std::size_t size = 0;
};

Inflater::Inflater() : stream_(std::make_unique<Stream>()) {
  base::check(inflateInit2(&stream_->zlib, kRawWindow) == Z_OK, "zlib has memory for a window");
}

Inflater::~Inflater() {
  inflateEnd(&stream_->zlib);
}

FrameEvent Inflater::inflate(const FrameEvent& event, std::uint64_t max_message_bytes, std::string_view before) {
  using Kind = FrameEvent::Kind;
  const auto fail = [](protocol::Close code, std::string_view cause) {
    return FrameEvent{Kind::error, cause, protocol::number(code)};
  };
  if (!event.compressed) return event;
  const auto limit = static_cast<std::size_t>(std::min<std::uint64_t>(max_message_bytes, UINT32_MAX - 1));
  const Ending ending = expand(event.payload, limit, before);
  if (ending == Ending::too_big) return fail(protocol::Close::too_big, "message too big");
  if (ending == Ending::broken) return fail(protocol::Close::invalid_payload, kBadCompression);
  const std::string_view message(stream_->out.data(), stream_->size);
  if (event.kind == Kind::text && !base::is_valid_utf8(message)) {
    return fail(protocol::Close::invalid_payload, "invalid UTF-8");
  }
  return {event.kind, message, 0};
}

// What comes next may refer back to the end of all that came.
void Inflater::begin_block(std::string_view before) {
  inflateReset(&stream_->zlib);
  for (const std::string_view part : {before, std::string_view(stream_->out.data(), stream_->size)}) {
    const std::string_view end = part.substr(part.size() - std::min(part.size(), kMostWindow));
    if (!end.empty()) inflateSetDictionary(&stream_->zlib, input(end), size_of(end));
  }
}

Inflater::Ending Inflater::expand(std::string_view payload, std::size_t max_message_bytes, std::string_view before) {
  auto& [zlib, out, size] = *stream_;
  if (out.size() > kKeptBytes) std::vector<char>().swap(out);
  size = 0;
  begin_block(before);
  for (const std::string_view part : {payload, kTail}) {
    zlib.next_in = input(part);
    zlib.avail_in = size_of(part);
    // Once more when the output was full: zlib may hold back what it has read already.
    for (bool full = false; zlib.avail_in > 0 || full;) {
      if (size > max_message_bytes) return Ending::too_big;
      if (size == out.size()) out.resize(std::min(std::max(2 * size, kFirstBytes), max_message_bytes + 1));
      zlib.next_out = reinterpret_cast<Bytef*>(out.data() + size);
      zlib.avail_out = static_cast<uInt>(out.size() - size);
      const int status = ::inflate(&zlib, Z_SYNC_FLUSH);
      size = out.size() - zlib.avail_out;
      full = zlib.avail_out == 0;
      if (status == Z_STREAM_END) {  // a last block need not be the last (section 7.2.3.4)
        begin_block(before);
        full = false;
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return Ending::broken;
      }
    }
  }
  // Unless a block has just ended, the tail was taken for what the message lacks.
  constexpr int kAfterBlock = 128;
  if ((zlib.data_type & kAfterBlock) == 0) return Ending::broken;
  return size > max_message_bytes ? Ending::too_big : Ending::whole;
}

}  // namespace wsf::ws
