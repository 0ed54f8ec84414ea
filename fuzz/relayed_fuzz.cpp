// What comes on a relay's channel: an event that is taken is made again from its parts to the same parts.

#include "base/check.hpp"
#include "protocol/fx_rates_relay.hpp"

#include <cstdint>

using namespace wsf::protocol;
using wsf::base::check;

namespace {

template <class Kind>
const Kind* parsed(const std::variant<Relayed, Poison>& relayed) {
  const auto* good = std::get_if<Relayed>(&relayed);
  return good == nullptr ? nullptr : std::get_if<Kind>(good);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  parse_relay_pulse(text);
  const auto relayed = parse_relayed(text);
  if (const auto* event = parsed<RelayedEvent>(relayed)) {
    check(event->event.size() < text.size(), "the member was cut off");
    const std::size_t brace = event->event.rfind('}');
    const bool object = brace != std::string::npos && brace > 0 &&
                        event->event.find_first_not_of(" \t\r\n", brace + 1) == std::string::npos;
    if (!object) return 0;  // never relayed
    const auto again = parse_relayed(relayed_event(event->event, event->place));
    const auto* same = parsed<RelayedEvent>(again);
    check(same != nullptr && same->event == event->event && same->place == event->place, "it is read back");
  } else if (const auto* removal = parsed<RelayedRemoval>(relayed)) {
    const auto again = parse_relayed(relayed_removal(removal->pair, removal->at));
    check(parsed<RelayedRemoval>(again) != nullptr, "a removal is read back");
  } else if (const auto* loss = parsed<RelayedLoss>(relayed)) {
    const auto again = parse_relayed(relayed_loss(loss->first, loss->next));
    check(parsed<RelayedLoss>(again) != nullptr, "a loss is read back");
  }
  return 0;
}
