#pragma once
// Where an update stands in its log: Kafka's own partition and offset, so that it means the same on every replica.

#include <cstdint>

namespace wsf::base {

struct Position {
  std::int32_t partition = 0;
  std::int64_t offset = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

}  // namespace wsf::base
