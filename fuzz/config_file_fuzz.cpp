// Configuration files: what is taken can be written down again and read as the same names and values; an error names
// the file and the line.

#include "base/check.hpp"
#include "base/config_file.hpp"

#include <cstdint>

using wsf::base::check;
using wsf::base::config_value;
using wsf::base::parse_config;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto lines = parse_config({reinterpret_cast<const char*>(data), size}, "x.conf");
  if (!lines) {
    check(lines.error().message.starts_with("x.conf"), "an error names the file");
    return 0;
  }
  std::string text = "#\n";  // a byte order mark at the begin would be none of the name
  for (const auto& line : *lines) text += line.name + " = " + config_value(line.value) + "\n";
  const auto again = parse_config(text, "again");
  check(again && again->size() == lines->size(), "as many lines come back");
  for (std::size_t i = 0; i < lines->size(); ++i) {
    check((*again)[i].name == (*lines)[i].name && (*again)[i].value == (*lines)[i].value, "each as it was");
  }
  return 0;
}
