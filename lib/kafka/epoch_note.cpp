#include "kafka/epoch_note.hpp"

#include <charconv>
#include <limits>

namespace wsf::kafka {
namespace {

constexpr std::string_view kOpening = "wsfanout epoch=";
constexpr std::int32_t kMost = std::numeric_limits<std::int32_t>::max() - 1;  // the next one can still be told

}  // namespace

std::string epoch_note(std::int32_t epoch) {
  return std::string(kOpening) + std::to_string(epoch);
}

std::int32_t epoch_in(std::string_view metadata) {
  if (!metadata.starts_with(kOpening)) return 0;
  const std::string_view digits = metadata.substr(kOpening.size());
  std::int32_t epoch = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), epoch);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size();
  return whole && epoch >= 0 && epoch <= kMost ? epoch : 0;
}

std::int32_t epoch_by_commit(std::int64_t offset, std::string_view metadata, std::int64_t end) {
  return epoch_in(metadata) + (offset > end ? 1 : 0);
}

}  // namespace wsf::kafka
