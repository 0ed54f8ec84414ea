#include "load/verdict_block.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace wsf::load {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kHeadColumns = 7;    // "PASS   "
constexpr std::size_t kFactsColumn = 18;   // after the name
constexpr std::size_t kChecksColumn = 52;  // where checks begin, if what stands before leaves room
constexpr std::size_t kGap = 2;

bool begins_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
}

// The characters of UTF-8 text.
std::size_t columns_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

// The longest beginning of at most `columns` characters that ends with a word, or, where there is no end of a word,
// that many characters.
std::string_view first_line(std::string_view text, std::size_t columns) {
  std::size_t end = 0, at = 0;
  for (; at < text.size(); at++) {
    if (!begins_character(text[at])) continue;
    if (text[at] == ' ') end = at;
    if (columns-- == 0) return text.substr(0, end > 0 ? end : at);
  }
  return text;
}

std::vector<std::string_view> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string_view> out;
  do {
    out.push_back(first_line(text, columns));
    text.remove_prefix(out.back().size());
    if (text.starts_with(' ')) text.remove_prefix(1);
  } while (!text.empty());
  return out;
}

std::string continued() {
  return "\n" + std::string(kFactsColumn, ' ');
}

}  // namespace

void VerdictBlock::row(std::string_view name, std::string_view facts, std::initializer_list<Metric> metrics) {
  out_ += out_.empty() ? head() : std::string(kHeadColumns, ' ');
  out_ += fmt::format("{:<{}}", name, kFactsColumn - kHeadColumns);
  std::size_t used = 0;
  for (const std::string_view line : wrapped(facts, kColumns - kFactsColumn)) {
    if (used > 0) out_ += continued();
    out_ += line;
    used = kFactsColumn + columns_of(line);
  }
  append_checks(used, checks_of(metrics));
  out_ += '\n';
}

// Behind the facts if all fit there, else on lines of their own below them.
void VerdictBlock::append_checks(std::size_t used, const std::vector<Check>& checks) {
  if (checks.empty()) return;
  std::size_t wanted = 0;
  for (const Check& check : checks) wanted += check.columns + kGap;
  std::size_t at = std::max(used + kGap, kChecksColumn);
  if (at + wanted - kGap > kColumns) at = used + kGap;
  const bool beside = at + wanted - kGap <= kColumns;
  if (!beside) at = kFactsColumn;
  out_ += beside ? std::string(at - used, ' ') : continued();
  for (std::size_t i = 0; i < checks.size(); i++) {
    const bool last = i + 1 == checks.size();
    if (i > 0 && at + checks[i].columns + (last ? 0 : 1) > kColumns) {
      out_.pop_back();  // the blank behind the comma
      out_ += continued();
      at = kFactsColumn;
    }
    out_ += checks[i].text + (last ? "" : ", ");
    at += checks[i].columns + kGap;
  }
}

std::string VerdictBlock::painted(std::string_view text, std::string_view code) const {
  return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : std::string(text);
}

std::string VerdictBlock::head() const {
  if (part_) return painted("PART", "1;33") + "   ";
  switch (verdict_.kind) {
    case Verdict::Kind::pass:
      return painted("PASS", "1;32") + "   ";
    case Verdict::Kind::fail:
      return painted("FAIL", "1;31") + "   ";
    case Verdict::Kind::invalid:
      break;
  }
  return painted("VOID", "1;33") + "   ";
}

std::vector<VerdictBlock::Check> VerdictBlock::checks_of(std::initializer_list<Metric> metrics) const {
  std::vector<Check> out;
  for (const Checked& check : verdict_.checks) {
    const auto& [text, metric, comparison, value] = check.expectation;
    if (std::find(metrics.begin(), metrics.end(), metric) == metrics.end()) continue;
    const std::string measured =
        check.met ? "" : fmt::format(" ({})", check.measured ? show(metric, *check.measured) : "not measured");
    const std::string_view word = check.met ? "ok" : "missed";
    out.push_back({fmt::format("{} {}{}", text, painted(word, check.met ? "32" : "31"), measured),
                   columns_of(text) + 1 + word.size() + measured.size()});
  }
  return out;
}

}  // namespace wsf::load
