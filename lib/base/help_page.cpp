#include "base/help_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <sstream>
#include <string_view>
#include <vector>

namespace wsf::base {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kTextColumn = 28;

// A word that is longer than a line, as a list may be, is broken behind its commas.
std::vector<std::string_view> pieces_of(std::string_view word, std::size_t width) {
  if (word.size() <= width) return {word};
  std::vector<std::string_view> pieces;
  for (std::size_t comma = word.find(','); comma != word.npos; comma = word.find(',')) {
    pieces.push_back(word.substr(0, comma + 1));
    word.remove_prefix(comma + 1);
  }
  pieces.push_back(word);
  return pieces;
}

// Words of `text` from column `indent` on; the first line is already that far.
void append_wrapped(std::string& out, const std::string& text, std::size_t indent) {
  std::istringstream words(text);
  std::size_t column = indent;
  for (std::string word; words >> word;) {
    std::string_view gap = column > indent ? " " : "";
    for (const std::string_view piece : pieces_of(word, kColumns - indent)) {
      if (column > indent && column + gap.size() + piece.size() > kColumns) {
        out += '\n' + std::string(indent, ' ');
        column = indent;
        gap = "";
      }
      out += gap;
      out += piece;
      column += gap.size() + piece.size();
      gap = "";
    }
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
