#pragma once
// What the server says of positions to those who asked for "meta". Found by the bytes of the members in their
// documented order, as marks are; about 100 ns.

#include "protocol/update_chain.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace wsf::load {

struct UpdateMeta {
  protocol::ChainLink link;
  std::int64_t kafka_ms = 0;  // epoch: when the record was written, by the broker's or the producer's clock
  std::int64_t sent_ms = 0;   // epoch, by the server's clock
};

// Of an update, from behind its event. std::nullopt: there is none, or it is malformed.
std::optional<UpdateMeta> find_meta(std::string_view text);

struct GapNotice {
  std::string_view pair;  // into the text
  base::Position from;
  std::optional<base::Position> to;
};
// Of a message of type "gap".
std::optional<GapNotice> find_gap(std::string_view text);

}  // namespace wsf::load
