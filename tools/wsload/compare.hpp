#pragma once
// wsload compare BEFORE.json AFTER.json

#include "options.hpp"

namespace wsload {

// Prints the table; 0, or 99 when something got worse. Throws base::StartupError when a file is no result.
int compare(const Comparison& comparison);

}  // namespace wsload
