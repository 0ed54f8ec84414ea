#pragma once
// The mark that a publisher leaves in its events: "load":{"run":"...","seq":N,"due_ns":N}. Found by searching for its
// bytes: a generator that parsed JSON for each delivery would measure itself.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wsf::load {

struct EventMark {
  std::string_view run;     // into the text: whose numbering this is
  std::uint32_t seq = 0;    // counts the events of one key in this run
  std::int64_t due_ns = 0;  // epoch, when the event was meant to be published
};

// std::nullopt: the text is no event, or an event of a publisher that leaves no mark.
std::optional<EventMark> find_mark(std::string_view text);

// What stands between `name` (with its quotes, colon and the opening quote) and the next quote; empty: nothing does.
// `place`: where the name stood in the event before: one publisher's events are laid out alike.
std::string_view find_value(std::string_view text, std::string_view name, std::size_t& place);

}  // namespace wsf::load
