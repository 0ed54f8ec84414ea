#pragma once
// wsload --find-capacity: run after run, until it is known what the server carries.

#include "options.hpp"

#include <atomic>

namespace wsload {

// Prints a line for each run and the knee; returns 0 when something held, 99 when nothing did. `interrupted` ends it.
int find_capacity(const Options& options, const std::atomic<bool>& interrupted);

}  // namespace wsload
