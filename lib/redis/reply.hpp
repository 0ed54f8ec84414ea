#pragma once
// What Redis answers (RESP2: https://redis.io/docs/reference/protocol-spec).

#include <cstdint>
#include <string>
#include <vector>

namespace wsf::redis {

struct Reply {
  enum class Kind { nil, status, error, integer, bytes, array };
  Kind kind = Kind::nil;
  std::int64_t integer = 0;    // of an integer
  std::string text{};          // of a status, an error ("WRONGPASS invalid ...") or bytes
  std::vector<Reply> items{};  // of an array
};

}  // namespace wsf::redis
