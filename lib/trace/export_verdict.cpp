#include "trace/export_verdict.hpp"

#include "trace/otlp_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace wsf::trace {
namespace {

constexpr std::array kPassing{429, 502, 503, 504};
constexpr std::size_t kMaxMessageBytes = 200;  // of a collector's words in the log

// One line of what may be any text.
std::string line_of(std::string_view text) {
  std::string line(text.substr(0, kMaxMessageBytes));
  std::ranges::replace_if(
      line, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return line;
}

}  // namespace

ExportVerdict judge(const base::Result<HttpAnswer>& answer) {
  using Fate = ExportVerdict::Fate;
  if (!answer) return {.fate = Fate::again, .why = answer.error().message};
  if (answer->status >= 200 && answer->status < 300) {
    const ExportAnswer said = parse_export_answer(answer->body);
    return {.rejected = said.rejected, .why = line_of(said.message)};
  }
  ExportVerdict verdict{.fate = Fate::refused, .why = fmt::format("status {}", answer->status)};
  if (std::ranges::find(kPassing, answer->status) == kPassing.end()) return verdict;
  verdict.fate = Fate::again;
  verdict.not_before = std::min(answer->retry_after.value_or(std::chrono::seconds(0)), kLongestRetryAfter);
  return verdict;
}

}  // namespace wsf::trace
