#include "base/help_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>

namespace wsf::base {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kTextColumn = 28;

// Words of `text` from column `indent` on; the first line is already that far.
void append_wrapped(std::string& out, const std::string& text, std::size_t indent) {
  std::istringstream words(text);
  std::size_t column = indent;
  for (std::string word; words >> word;) {
    if (column > indent && column + 1 + word.size() > kColumns) {
      out += '\n' + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
  }
  out += '\n';
}

void append_entry(std::string& out, const HelpEntry& entry) {
  const std::string left = "  " + entry.left;
  out += left;
  if (left.size() + 2 > kTextColumn)
    out += '\n' + std::string(kTextColumn, ' ');
  else
    out += std::string(kTextColumn - left.size(), ' ');
  std::string text = entry.text;
  if (!entry.notes.empty()) text += fmt::format(" [{}]", fmt::join(entry.notes, "; "));
  append_wrapped(out, text, kTextColumn);
}

}  // namespace

std::string render(const HelpPage& page) {
  std::string out;
  append_wrapped(out, page.description, 0);
  out += '\n';
  out += "Usage: ";
  append_wrapped(out, page.usage, 7);
  for (const HelpGroup& group : page.groups) {
    if (group.entries.empty()) continue;
    out += fmt::format("\n{}:\n", group.heading);
    for (const HelpEntry& entry : group.entries) append_entry(out, entry);
  }
  if (!page.examples.empty()) out += fmt::format("\nExamples:\n{}", page.examples);
  if (out.back() != '\n') out += '\n';
  return out;
}

}  // namespace wsf::base
