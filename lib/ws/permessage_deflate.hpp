#pragma once
// The extension permessage-deflate agreed on (RFC 7692 sections 5 and 7.1). Clients compress each message on its own,
// so that no session keeps a window for them. So do we, and one compressed frame serves all sessions; or, where
// context is kept, a message may refer to those before it, which sessions with the same messages share as well. Pure
// functions; any thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wsf::ws {

inline constexpr std::uint8_t kLeastWindowBits = 8;
inline constexpr std::uint8_t kMostWindowBits = 15;

// What a server has agreed to with one client.
struct DeflateAgreement {
  std::uint8_t window_bits = kMostWindowBits;  // no reference of ours may reach back further than 2^this bytes
  bool window_asked = false;                   // the client named it, so the answer must
  bool may_keep_context = false;               // the client did not ask that our messages stand alone
};

// The first of the offers in Sec-WebSocket-Extensions (all lines joined) that can be accepted; std::nullopt: none. An
// offer with a parameter that is unknown, repeated or has a bad value is declined, whatever else it says.
std::optional<DeflateAgreement> accept_deflate(std::string_view offers);

// The value of Sec-WebSocket-Extensions in the 101. client_max_window_bits is never asked for: a window that belongs
// to no session costs nothing.
std::string deflate_answer(const DeflateAgreement& agreement, bool keeps_context = false);

// What a client offers that expands each message on its own.
inline constexpr std::string_view kDeflateOffer =
    "permessage-deflate; server_no_context_takeover; client_no_context_takeover";

// A server's answer to kDeflateOffer: unacceptable where it names another extension, leaves out
// server_no_context_takeover, or sets a client_max_window_bits that was not offered.
enum class DeflateAnswer : std::uint8_t { none, granted, unacceptable };
DeflateAnswer judge_deflate_answer(std::string_view answer);

// What a client offers that lets messages refer back to those before, as far as kTakeoverBytes: so much of what came
// it keeps for each connection.
inline constexpr std::string_view kTakeoverOffer =
    "permessage-deflate; server_max_window_bits=12; client_no_context_takeover";
inline constexpr std::size_t kTakeoverBytes = std::size_t{1} << 12;

// A server's answer to kTakeoverOffer: how far back its messages may refer, in bytes; 0: each stands on its own.
// std::nullopt: no answer that fits the offer.
std::optional<std::size_t> judge_takeover_answer(std::string_view answer);

}  // namespace wsf::ws
