#pragma once
// Bytes from a Redis server into replies. What the server says is not trusted: the size of a reply, its elements and
// its depth are bounded here, whatever lengths it announces. One thread at a time.

#include "base/result.hpp"
#include "redis/reply.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>

namespace wsf::redis {

class ReplyReader {
 public:
  static constexpr std::size_t kMaxElements = 65'536;  // of one reply, over all its depths
  static constexpr int kMaxDepth = 7;                  // arrays within each other

  // At most `max_reply_bytes` of payload in one reply, and of bytes that make no complete reply yet.
  explicit ReplyReader(std::size_t max_reply_bytes);
  ~ReplyReader();
  ReplyReader(ReplyReader&&) noexcept;
  ReplyReader& operator=(ReplyReader&&) noexcept;

  // Copies the bytes in.
  void feed(std::string_view bytes);

  // The next complete reply; nullopt: more bytes are needed. After an error (what broke the protocol or its bounds)
  // each call gives it again.
  base::Result<std::optional<Reply>> next();

 private:
  struct Parser;
  std::unique_ptr<Parser> parser_;
};

}  // namespace wsf::redis
