#include "load/event_mark.hpp"

#include <charconv>
#include <cstring>

namespace wsf::load {
namespace {

// What follows the first `name` in `text`; empty where there is none.
std::string_view after(std::string_view text, std::string_view name) {
  const void* at = memmem(text.data(), text.size(), name.data(), name.size());
  if (at == nullptr) return {};
  const char* from = static_cast<const char*>(at) + name.size();
  return {from, static_cast<std::size_t>(text.data() + text.size() - from)};
}

// What follows the last one: the mark stands at an event's end, and looking for it must not cost what reading does.
std::string_view after_last(std::string_view text, std::string_view name) {
  const std::size_t at = text.rfind(name);
  return at == text.npos ? std::string_view{} : text.substr(at + name.size());
}

std::string_view until_quote(std::string_view text) {
  return text.substr(0, text.find('"'));
}

template <class T>
bool read_number(std::string_view text, T& out) {
  return std::from_chars(text.data(), text.data() + text.size(), out).ec == std::errc();
}

}  // namespace

std::string_view find_pair(std::string_view text) {
  return until_quote(after(text, R"("currencyPair":")"));
}

std::optional<EventMark> find_mark(std::string_view text) {
  EventMark mark;
  mark.pair = find_pair(text);
  const std::string_view load = after_last(text, R"("load":{)");
  if (load.empty() || mark.pair.size() != 6) return std::nullopt;
  mark.run = until_quote(after(load, R"("run":")"));
  if (!read_number(after(load, R"("seq":)"), mark.seq)) return std::nullopt;
  if (!read_number(after(load, R"("due_ns":)"), mark.due_ns)) return std::nullopt;
  return mark;
}

}  // namespace wsf::load
