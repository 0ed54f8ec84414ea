// Whatever happens in whatever order, each client ends with the newest values of its pairs and can account for every
// hole. WSF_SEED=n plays the one game again that failed.

#include "fanout/fx_rates/delivery_game.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

namespace wsf::fanout {
namespace {

constexpr unsigned kGames = 2'000;
constexpr int kMoves = 60;

void play(unsigned seed) {
  std::mt19937 random(seed);
  int moves = kMoves;
  try {
    DeliveryGame game([&random](unsigned bound) { return static_cast<unsigned>(random() % bound); });
    game.play([&moves] { return moves-- > 0; });
  } catch (const std::exception& breach) {
    ADD_FAILURE() << "repeat with WSF_SEED=" << seed << ": " << breach.what();
  }
}

TEST(Delivery, for_any_interleaving_the_newest_values_arrive_and_every_hole_is_told) {
  if (const char* seed = std::getenv("WSF_SEED")) return play(static_cast<unsigned>(std::strtoul(seed, nullptr, 10)));
  for (unsigned seed = 1; seed <= kGames && !HasFailure(); ++seed) play(seed);
}

}  // namespace
}  // namespace wsf::fanout
