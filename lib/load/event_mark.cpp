#include "load/event_mark.hpp"

#include <charconv>
#include <cstring>

namespace wsf::load {
namespace {

constexpr std::string_view kPairName = R"("currencyPair":")";
constexpr std::string_view kMarkName = R"("load":{)";

// What follows the last mark's opening. It stands near an event's end, and looking for it must not cost what reading
// does: memrchr() looks at many bytes at once.
std::string_view last_mark(std::string_view text) {
  std::size_t size = text.size();
  while (const void* brace = memrchr(text.data(), '{', size)) {
    size = static_cast<std::size_t>(static_cast<const char*>(brace) - text.data());
    if (text.substr(0, size + 1).ends_with(kMarkName)) return text.substr(size + 1);
  }
  return {};
}

bool take(std::string_view& text, std::string_view expected) {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(expected.size());
  return true;
}

std::string_view take_until_quote(std::string_view& text) {
  const std::string_view out = text.substr(0, text.find('"'));
  text.remove_prefix(out.size());
  return out;
}

template <class T>
bool take_number(std::string_view& text, T& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

std::string_view find_pair(std::string_view text, std::size_t* place) {
  std::size_t at = place != nullptr ? *place : 0;
  if (at > text.size() || !text.substr(at).starts_with(kPairName)) at = text.find(kPairName);
  if (at == text.npos) return {};
  if (place != nullptr) *place = at;
  std::string_view rest = text.substr(at + kPairName.size());
  return take_until_quote(rest);
}

std::optional<EventMark> find_mark(std::string_view text, std::size_t* place) {
  EventMark mark;
  std::string_view rest = last_mark(text);
  if (!take(rest, R"("run":")")) return std::nullopt;
  mark.run = take_until_quote(rest);
  if (!take(rest, R"(","seq":)") || !take_number(rest, mark.seq)) return std::nullopt;
  if (!take(rest, R"(,"due_ns":)") || !take_number(rest, mark.due_ns)) return std::nullopt;
  mark.pair = find_pair(text, place);
  return mark.pair.size() == 6 ? std::optional(mark) : std::nullopt;
}

}  // namespace wsf::load
