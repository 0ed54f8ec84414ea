#pragma once
// The program's edge to chance: what is random takes a function, so that tests can choose its numbers.

#include <functional>

namespace wsf::base {

// Uniform in [0, 1), seeded by the system. Each source is for one thread.
std::function<double()> random_source();

}  // namespace wsf::base
