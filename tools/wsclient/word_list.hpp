#pragma once
// Lists of names as people type them. Pure; any thread.

#include <string>
#include <string_view>
#include <vector>

namespace wsf::wsclient {

// The words, split at commas; empty ones left out, each once, in their order.
std::vector<std::string> split_at_commas(const std::vector<std::string>& words);

std::string capitals(std::string_view word);

}  // namespace wsf::wsclient
