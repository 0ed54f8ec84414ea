#include "load/plan.hpp"

#include <random>

namespace wsf::load {

std::vector<std::uint64_t> Plan::subscribers_of_each_key() const {
  std::vector<std::uint64_t> out(keys);
  for (std::uint32_t connection = 0; connection < connections; connection++) {
    if (is_slow(connection)) continue;
    for (std::uint32_t slot = 0; slot < per_connection; slot++) {
      const std::uint32_t key = key_of(connection, slot);
      if (key >= first_owed) out[key]++;
    }
  }
  return out;
}

std::vector<std::uint16_t> choose(const Plan& plan, KeyChoice choice, std::uint64_t seed) {
  if (choice == KeyChoice::by_turns) return {};
  std::mt19937_64 random(seed);
  std::vector<double> weights(plan.keys);
  for (std::size_t i = 0; i < weights.size(); i++)
    weights[i] = choice == KeyChoice::by_zipf ? 1.0 / static_cast<double>(i + 1) : 1.0;
  // The smallest of exponential waiting times comes first with a chance proportional to its rate: one pass draws
  // `per_connection` different keys.
  std::vector<std::pair<double, std::uint16_t>> waits(plan.keys);
  std::exponential_distribution<double> wait(1.0);
  std::vector<std::uint16_t> out;
  out.reserve(std::size_t{plan.connections} * plan.per_connection);
  const auto taken = static_cast<std::ptrdiff_t>(plan.per_connection);
  for (std::uint32_t connection = 0; connection < plan.connections; connection++) {
    for (std::size_t i = 0; i < waits.size(); i++)
      waits[i] = {wait(random) / weights[i], static_cast<std::uint16_t>(i)};
    std::partial_sort(waits.begin(), waits.begin() + taken, waits.end());
    for (std::ptrdiff_t i = 0; i < taken; i++) out.push_back(waits[static_cast<std::size_t>(i)].second);
  }
  return out;
}

}  // namespace wsf::load
