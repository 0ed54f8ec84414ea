#include "base/random_source.hpp"

#include <random>

namespace wsf::base {

std::function<double()> random_source() {
  return [generator = std::mt19937_64(std::random_device{}())]() mutable {
    return std::uniform_real_distribution<>{}(generator);
  };
}

}  // namespace wsf::base
