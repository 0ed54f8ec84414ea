#pragma once
// The mark that a publisher leaves in its events: "load":{"run":"...","seq":N,"due_ns":N}. Found by searching for its
// bytes: a generator that parsed JSON for each delivery would measure itself.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace wsf::load {

struct EventMark {
  std::string_view pair;    // into the text: the 6 letters of "currencyPair"
  std::string_view run;     // into the text: whose numbering this is
  std::uint32_t seq = 0;    // counts the events of this pair in this run
  std::int64_t due_ns = 0;  // epoch, when the event was meant to be published
};

// The pair of an event, whoever published it; empty: the text is no event. `place`: where it stood in the event
// before, if the caller keeps that: one publisher's events are laid out alike.
std::string_view find_pair(std::string_view text, std::size_t* place = nullptr);

// std::nullopt: the text is no event, or an event of a publisher that leaves no mark. `place` as above.
std::optional<EventMark> find_mark(std::string_view text, std::size_t* place = nullptr);

}  // namespace wsf::load
