#pragma once
// "Did you mean ...?": the known name that a mistyped word most likely stands for.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::base {

// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`. O(|a|·|b|) time.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The entry of `known` with the smallest edit distance to `word`, the first of equals, if that is at most a third of
// the length of the longer of the two (and at least one edit is always allowed).
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string>& known);

}  // namespace wsf::base
