// Whatever a Redis server says, in whatever pieces: the same replies, or an error, within the reader's bounds.

#include "base/check.hpp"
#include "redis/reply_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

using wsf::base::check;
using wsf::redis::Reply;
using wsf::redis::ReplyReader;

namespace {

constexpr std::size_t kMaxReplyBytes = 4096;

void write_down(const Reply& reply, std::string& text, int depth) {
  check(depth <= ReplyReader::kMaxDepth, "the depth is bounded");
  text += static_cast<char>('0' + static_cast<int>(reply.kind));
  text += std::to_string(reply.integer) + reply.text + "(";
  for (const auto& item : reply.items) write_down(item, text, depth + 1);
  text += ")";
}

std::size_t elements(const Reply& reply) {
  std::size_t count = reply.items.size();
  for (const auto& item : reply.items) count += elements(item);
  return count;
}

// All replies as one text, "!" at an error.
std::string read_in_pieces(std::string_view bytes, std::size_t piece) {
  ReplyReader reader(kMaxReplyBytes);
  std::string text;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    reader.feed(bytes.substr(0, piece));
    while (true) {
      const auto reply = reader.next();
      if (!reply) return text + "!";
      if (!*reply) break;
      check(elements(**reply) <= ReplyReader::kMaxElements, "the elements are bounded");
      write_down(**reply, text, 0);
    }
  }
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > kMaxReplyBytes) return 0;  // below the bound of bytes, which depends on the pieces
  const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
  check(read_in_pieces(bytes, 1U + data[0]) == read_in_pieces(bytes, SIZE_MAX), "pieces make no difference");
  return 0;
}
