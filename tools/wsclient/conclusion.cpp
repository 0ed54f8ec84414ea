#include "wsclient/conclusion.hpp"

#include "base/units.hpp"
#include "wsclient/line_text.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <vector>

namespace wsf::wsclient {
namespace {

using protocol::Step;

std::uint64_t reconnects(const StreamCheck& check) {
  return check.connections() > 0 ? check.connections() - 1 : 0;
}

// "2 conflated (14 updates), 1 gap"
std::string holes_text(const StreamCheck& check) {
  std::vector<std::string> holes;
  for (std::size_t i = 0; i < protocol::kStepCount; ++i) {
    const auto step = static_cast<Step>(i);
    const auto count = check.steps().of(step);
    if (!is_hole(step) || count == 0) continue;
    std::string words(name(step));
    std::ranges::replace(words, '_', ' ');
    holes.push_back(fmt::format("{} {}", base::format_count(count), words));
    if (step == Step::conflated) holes.back() += fmt::format(" ({})", counted(check.conflated(), "update"));
  }
  return fmt::format("{}", fmt::join(holes, ", "));
}

std::string_view result(const StreamCheck& check) {
  if (check.checked() == 0) return "nothing";
  if (check.steps().unaccounted() > 0) return "incomplete";
  return check.steps().holes() > 0 ? "accounted" : "complete";
}

std::string nothing_checked(const StreamCheck& check) {
  if (check.unplaced() == 0) return "nothing checked: no update was there";
  return fmt::format(
      "nothing checked: {} without \"meta\" (subscribe asks for it, unless --no-resume says otherwise)",
      counted(check.unplaced(), "update"));
}

std::string verdict(const StreamCheck& check, const std::string& what) {
  if (check.steps().unaccounted() > 0)
    return fmt::format("INCOMPLETE: {}, {} not accounted for: {}", what, counted(check.steps().unaccounted(), "hole"),
                       holes_text(check));
  if (check.steps().holes() > 0)
    return fmt::format("accounted for: {}, {}: {}", what, counted(check.steps().holes(), "hole"), holes_text(check));
  return fmt::format("complete: {} without a hole", what);
}

}  // namespace

base::Exit exit_of(const StreamCheck& check) {
  if (check.steps().unaccounted() > 0) return base::Exit::threshold_missed;
  return check.checked() > 0 ? base::Exit::ok : base::Exit::runtime;
}

std::string conclusion_line(const StreamCheck& check, std::optional<std::int64_t> elapsed_ms) {
  if (check.steps().holes() == 0 && check.checked() == 0) return nothing_checked(check);
  auto what = fmt::format("{} of {}", counted(check.checked(), "update"), counted(check.pairs(), "pair"));
  if (elapsed_ms) what += fmt::format(" in {}", elapsed_text(*elapsed_ms));
  return fmt::format("{}, reconnects {}", verdict(check, what), reconnects(check));
}

std::string conclusion_json(const StreamCheck& check) {
  std::vector<std::string> steps;
  for (std::size_t i = 0; i < protocol::kStepCount; ++i)
    steps.push_back(fmt::format(R"("{}":{})", name(static_cast<Step>(i)), check.steps().by_step[i]));
  return fmt::format(
      R"({{"type":"verdict","result":"{}","updates":{},"unplaced":{},"pairs":{},"reconnects":{},"conflated":{},"steps":{{{}}}}})",
      result(check), check.checked(), check.unplaced(), check.pairs(), reconnects(check), check.conflated(),
      fmt::join(steps, ","));
}

}  // namespace wsf::wsclient
