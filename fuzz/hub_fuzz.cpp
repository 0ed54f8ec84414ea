// Subscriptions, outboxes and sessions, under whatever order of prices, commands, stalled sockets and time the bytes
// spell; the model of the property tests is the judge (tests/fanout/fx_rates/delivery_model.hpp). A breach ends in
// its exception.

#include "fanout/fx_rates/delivery_game.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::size_t at = 0;
  const auto choose = [&](unsigned bound) { return at < size ? data[at++] % bound : 0u; };
  wsf::fanout::DeliveryGame game(choose);
  game.play([&] { return at < size; });
  return 0;
}
