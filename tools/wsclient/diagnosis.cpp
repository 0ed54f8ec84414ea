#include "wsclient/diagnosis.hpp"

#include "wsclient/line_text.hpp"
#include "wsclient/time_text.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

namespace wsf::wsclient {
namespace {

constexpr std::size_t kBeforeDetail = 20;  // columns of state and step
constexpr std::size_t kTimeColumns = 9;

std::string_view name(Diagnosis::State state) {
  switch (state) {
    case Diagnosis::State::ok:
      return "ok";
    case Diagnosis::State::fail:
      return "fail";
    default:
      return "note";
  }
}

std::string_view paint(Diagnosis::State state) {
  switch (state) {
    case Diagnosis::State::ok:
      return "\x1b[32m";
    case Diagnosis::State::fail:
      return "\x1b[31m";
    default:
      return "\x1b[33m";
  }
}

}  // namespace

// A detail that leaves no room for the time pushes it to the right: words are worth more than the column.
std::string in_words(const Diagnosis& d, int width, bool colour) {
  const auto columns = static_cast<std::size_t>(std::max(width, 40)) - kBeforeDetail - kTimeColumns;
  const auto detail = fit(d.detail, kMaxWords, true);
  const std::string space(columns - std::min(columns, columns_of(detail)), ' ');
  const auto state = fmt::format("{:<4}", name(d.state));
  auto line = fmt::format("{}  {:<13} {}{}{:>{}}", colour ? fmt::format("{}{}\x1b[0m", paint(d.state), state) : state,
                          d.step, detail, space, latency_text(d.took_us), kTimeColumns);
  if (!d.hint.empty()) line += fmt::format("\n      hint: {}", d.hint);
  return line;
}

std::string as_json(const Diagnosis& d) {
  nlohmann::ordered_json json{{"step", d.step},
                              {"state", name(d.state)},
                              {"detail", d.detail},
                              {"time_ms", static_cast<double>(d.took_us) / 1000}};
  if (!d.hint.empty()) json["hint"] = d.hint;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace wsf::wsclient
