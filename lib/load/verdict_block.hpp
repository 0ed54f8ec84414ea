#pragma once
// The verdict as rows for people: a name, facts, and the checks of the metrics that they tell of, on the same line
// where there is room. No line is wider than 80 columns, whatever the terminal: verdicts are pasted elsewhere.

#include "load/outcome.hpp"

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::load {

class VerdictBlock {
 public:
  VerdictBlock(const Outcome& outcome, const Verdict& verdict, bool colour)
      : verdict_(verdict), part_(outcome.interrupted), colour_(colour) {}

  void row(std::string_view name, std::string_view facts, std::initializer_list<Metric> metrics = {});
  bool checks(Metric metric) const { return !checks_of({metric}).empty(); }
  const std::string& text() const { return out_; }

 private:
  struct Check {
    std::string text;  // painted
    std::size_t columns = 0;
  };

  std::string painted(std::string_view text, std::string_view code) const;
  std::string head() const;
  std::vector<Check> checks_of(std::initializer_list<Metric> metrics) const;
  void append_checks(std::size_t used, const std::vector<Check>& checks);

  const Verdict& verdict_;
  bool part_;  // neither passed nor failed: only what was seen until the interrupt
  bool colour_;
  std::string out_;
};

}  // namespace wsf::load
