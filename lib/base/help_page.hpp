#pragma once
// The text of --help: flags under their headings, within 80 columns. Pure.

#include <string>
#include <vector>

namespace wsf::base {

struct HelpEntry {
  std::string left;                // "-c, --count N"
  std::string text;                // what it does
  std::vector<std::string> notes;  // shown after it in brackets: environment names, default
};

struct HelpGroup {
  std::string heading;
  std::vector<HelpEntry> entries;
};

struct HelpPage {
  std::string description;
  std::string usage;
  std::vector<HelpGroup> groups;
  std::string examples;
};

std::string render(const HelpPage& page);

}  // namespace wsf::base
