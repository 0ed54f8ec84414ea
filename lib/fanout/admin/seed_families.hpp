#pragma once
// Families whose names several protocols share, as the services that they replace named them: each protocol adds its
// samples under its own label, and every family is written once.

#include "stats/exposition.hpp"

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::fanout {

class SeedFamilies {
 public:
  using Write = std::function<void(stats::Exposition&)>;  // the samples

  // Type and help are those of whoever came first.
  void add(std::string_view name, std::string_view type, std::string_view help, Write write) {
    Family& family =
        families_.try_emplace(std::string(name), Family{std::string(type), std::string(help), {}}).first->second;
    family.writes.push_back(std::move(write));
  }

  void append_to(stats::Exposition& out) const {
    for (const auto& [name, family] : families_) {
      out.family(name, family.type, family.help);
      for (const Write& write : family.writes) write(out);
    }
  }

 private:
  struct Family {
    std::string type;
    std::string help;
    std::vector<Write> writes;
  };
  std::map<std::string, Family> families_;
};

}  // namespace wsf::fanout
