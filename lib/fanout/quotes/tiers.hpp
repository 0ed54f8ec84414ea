#pragma once
// Which symbols the users of each tier may see. Plain data; any thread.

#include "base/result.hpp"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::fanout {

class QuoteTiers {
 public:
  static constexpr std::string_view kDefault = "default";  // whose list counts for a tier that has none

  // Each is NAME=SYMBOL,SYMBOL,... or NAME=* for all symbols; one that is named again is added to.
  static base::Result<QuoteTiers> parse(const std::vector<std::string>& lists);

  // `tier`: of the user's token, "" without one. Without any list everybody may see everything; with some, a user
  // whose tier has none, nor "default", sees nothing.
  bool allows(std::string_view tier, std::string_view symbol) const;
  bool empty() const { return lists_.empty(); }

 private:
  struct List {
    bool all = false;
    std::set<std::string, std::less<>> symbols{};
  };
  std::map<std::string, List, std::less<>> lists_;
};

}  // namespace wsf::fanout
