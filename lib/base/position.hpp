#pragma once
// Where an update stands in its log: Kafka's own partition and offset, so that it means the same on every replica,
// and the epoch, which grows when a log was deleted and made anew under the same name.

#include <cstdint>

namespace wsf::base {

struct Position {
  constexpr Position() = default;
  constexpr Position(std::int32_t in_partition, std::int64_t at_offset, std::int32_t of_epoch = 0)
      : partition(in_partition), epoch(of_epoch), offset(at_offset) {}

  std::int32_t partition = 0;
  std::int32_t epoch = 0;
  std::int64_t offset = 0;

  friend bool operator==(const Position&, const Position&) = default;
};

// Whether the offsets of two positions can be compared.
constexpr bool same_log(const Position& a, const Position& b) {
  return a.partition == b.partition && a.epoch == b.epoch;
}

// Of two positions of one partition.
constexpr bool is_later(const Position& a, const Position& b) {
  return a.epoch != b.epoch ? a.epoch > b.epoch : a.offset > b.offset;
}

}  // namespace wsf::base
