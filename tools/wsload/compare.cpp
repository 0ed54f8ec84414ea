#include "compare.hpp"

#include "base/exit_codes.hpp"
#include "base/standard_streams.hpp"
#include "base/terminal.hpp"
#include "load/comparison.hpp"

#include <fmt/format.h>

#include <fstream>

namespace wsload {
namespace {

using wsf::base::Exit;
using wsf::base::refuse;

constexpr std::size_t kMostBytes = 64 << 20;

std::string read_file(const std::string& path) {
  std::ifstream in(path);
  if (!in) refuse(fmt::format("{}: cannot read it", path));
  std::string out(kMostBytes, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  out.resize(static_cast<std::size_t>(in.gcount()));
  return out;
}

}  // namespace

int compare(const Comparison& comparison) {
  const std::string before = read_file(comparison.before), after = read_file(comparison.after);
  const auto rows = wsf::load::compare_results(before, after, comparison.tolerance);
  if (!rows) refuse(rows.error().message);
  if (!wsf::base::print_out(wsf::load::comparison_text(*rows, wsf::base::colour(1)))) {
    return static_cast<int>(Exit::runtime);
  }
  return static_cast<int>(wsf::load::any_worse(*rows) ? Exit::threshold_missed : Exit::ok);
}

}  // namespace wsload
