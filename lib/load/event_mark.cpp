#include "load/event_mark.hpp"

#include "load/take.hpp"

#include <cstring>

namespace wsf::load {
namespace {

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

std::string_view take_until_quote(std::string_view& text) {
  const std::string_view out = text.substr(0, text.find('"'));
  text.remove_prefix(out.size());
  return out;
}

}  // namespace

std::string_view find_value(std::string_view text, std::string_view name, std::size_t& place) {
  if (place > text.size() || !text.substr(place).starts_with(name)) {
    const std::size_t found = text.find(name);
    if (found == text.npos) return {};
    place = found;
  }
  std::string_view rest = text.substr(place + name.size());
  return take_until_quote(rest);
}

std::optional<EventMark> find_mark(std::string_view text) {
  EventMark mark;
  std::string_view rest = last_mark(text);
  if (!take(rest, R"("run":")")) return std::nullopt;
  mark.run = take_until_quote(rest);
  if (!take_number(rest, R"(","seq":)", mark.seq)) return std::nullopt;
  if (!take_number(rest, R"(,"due_ns":)", mark.due_ns)) return std::nullopt;
  return mark;
}

}  // namespace wsf::load
