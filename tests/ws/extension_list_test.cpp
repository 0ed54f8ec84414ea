#include "ws/extension_list.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace wsf::ws {
namespace {

// The list in one spelling: "a; b=c, d"; "malformed" where it is.
std::string spelled(std::string_view field) {
  const auto extensions = parse_extensions(field);
  if (!extensions) return "malformed";
  std::string out;
  for (const Extension& extension : *extensions) {
    if (!out.empty()) out += ", ";
    out += extension.name;
    for (const auto& [name, value] : extension.parameters) {
      out += "; " + name;
      if (value) out += "=" + *value;
    }
  }
  return out;
}

struct Row {
  std::string name;
  std::string field;
  std::string read_as;

  friend std::ostream& operator<<(std::ostream& out, const Row& row) { return out << row.field; }
};

class ExtensionList : public testing::TestWithParam<Row> {};

TEST_P(ExtensionList, is_read_as_section_9_1_says) {
  EXPECT_EQ(spelled(GetParam().field), GetParam().read_as);
}

const std::vector<Row> kRows{
    {"none", "", ""},
    {"one", "foo", "foo"},
    {"parameters", "foo; bar; baz=2", "foo; bar; baz=2"},
    {"blanks", "  foo ;\tbar = 2 , x  ", "foo; bar=2, x"},
    {"no_blanks", "foo;bar=2,x", "foo; bar=2, x"},
    {"several", "foo, bar; baz, foo", "foo, bar; baz, foo"},
    {"repeated_parameters", "foo; a=1; a", "foo; a=1; a"},
    {"empty_elements", ", foo,,bar ,", "foo, bar"},
    {"quoted", "foo; a=\"10\"", "foo; a=10"},
    {"quoted_escape", "foo; a=\"1\\0\"", "foo; a=10"},
    {"quoted_comma_is_no_token", "foo; a=\"1,2\"", "malformed"},
    {"quoted_blank_is_no_token", "foo; a=\"1 2\"", "malformed"},
    {"quoted_empty", "foo; a=\"\"", "malformed"},
    {"quote_open", "foo; a=\"10", "malformed"},
    {"escape_at_the_end", "foo; a=\"1\\", "malformed"},
    {"text_after_a_quote", "foo; a=\"1\"2", "malformed"},
    {"no_value", "foo; a=", "malformed"},
    {"no_name", "foo; =1", "malformed"},
    {"empty_parameter", "foo; ; a", "malformed"},
    {"semicolon_at_the_end", "foo;", "malformed"},
    {"parameters_of_nothing", "; a", "malformed"},
    {"two_words", "foo bar", "malformed"},
    {"no_token", "foo/bar", "malformed"},
    {"control_character", std::string("foo\x00", 4), "malformed"},
};

INSTANTIATE_TEST_SUITE_P(rows, ExtensionList, testing::ValuesIn(kRows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace wsf::ws
