#pragma once
// What the server adds to an update for those who asked for "meta". Found from the end of the message, behind the
// event, by the bytes of the members in their documented order; about 100 ns.

#include "base/position.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace wsf::load {

struct UpdateMeta {
  base::Position at;
  std::optional<base::Position> prev;
  std::int64_t kafka_ms = 0;  // epoch: when the record was written, by the broker's or the producer's clock
  std::int64_t sent_ms = 0;   // epoch, by the server's clock
  std::uint64_t conflated = 0;
  bool snapshot = false;
};

// std::nullopt: there is none, or it is malformed.
std::optional<UpdateMeta> find_meta(std::string_view text);

}  // namespace wsf::load
