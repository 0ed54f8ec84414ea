#pragma once
// What one shard counts of its clients of all protocols: written on its thread, read by any.

#include "auth/refusal.hpp"
#include "protocol/close_codes.hpp"
#include "stats/counter.hpp"

#include <array>

namespace wsf::fanout {

struct ReceptionCounters {
  stats::Counter over_address_limit, over_address_rate;
  stats::Counter over_connection_limit, over_user_limit, over_message_rate, invalid_messages;
  std::array<stats::Counter, protocol::kCloseTable.size() + 1>
      closes;  // by row (bye: the client closed); the last: lost
  stats::Counter tokens_accepted, api_keys_accepted, tokens_renewed;
  std::array<stats::Counter, auth::kRefusals> refusals;
};

}  // namespace wsf::fanout
