#pragma once
// Two results of wsload --json side by side: what got worse, and by how much.

#include "base/result.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

struct Compared {
  enum class Change { same, better, worse, unknown };

  std::string name;  // "latency p99"
  std::string unit;  // "ms"; empty: a count
  std::optional<double> before, after;
  Change change = Change::unknown;

  std::optional<double> percent() const;  // from before to after; std::nullopt: one is missing, or before is 0
};

// Rows in the order in which people read them. A value is worse, or better, when it moved by more than `tolerance`
// (0.1: a tenth) and by more than its smallest difference that means anything (0.5 ms); a count that was 0 and is not
// is worse however small. Fails when a text is no result of wsload.
base::Result<std::vector<Compared>> compare_results(std::string_view before_json, std::string_view after_json,
                                                    double tolerance);

bool any_worse(const std::vector<Compared>& rows);

// A table for people; no line is wider than 80 columns.
std::string comparison_text(const std::vector<Compared>& rows, bool colour);

}  // namespace wsf::load
