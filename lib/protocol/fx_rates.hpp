#pragma once
// The fx-rates protocol as pure functions: a client's text in, a command out; replies, updates and the check of what
// comes from the log. No I/O, no clock, no state; any thread. Nothing here throws except for lack of memory.

#include "base/position.hpp"
#include "protocol/poison.hpp"
#include "protocol/replies.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace wsf::protocol {

inline constexpr std::size_t kMaxQuotedBytes = 32;  // of a refused word that an error text repeats
inline constexpr std::size_t kMaxIdBytes = 64;      // of a request's "id": a string's own bytes, a number's text
inline constexpr std::size_t kPairBytes = 6;
inline constexpr double kMaxRateHz = 1000;  // the most that "maxRateHz" may ask for

// ^[A-Z]{6}$
bool is_pair(std::string_view word);

enum class Action : std::uint8_t { subscribe, unsubscribe, ping, auth, invalid };

// The last position that a client has of a pair.
struct ResumePoint {
  std::string pair;
  base::Position position;
};

// "<partition>-<offset>", or "<epoch>.<partition>-<offset>" once the epoch is above 0.
std::string to_text(const base::Position& position);
std::optional<base::Position> parse_position(std::string_view text);

// What a client asked for.
//   subscribe, unsubscribe: answer with subscribed() or unsubscribed() unless all items were refused (has_answer()),
//     and then with invalid_pairs_error() when `refused` is not empty.
//   ping: answer with pong().
//   auth: answer with authenticated(), or with an error.
//   invalid: send `error_reply` and count it; nothing else changes.
struct Command {
  Action action = Action::invalid;
  std::vector<std::string> pairs;    // valid, in the request's order, each once
  std::vector<std::string> refused;  // no valid pairs, each cut at kMaxQuotedBytes at a UTF-8 boundary
  std::vector<std::string> denied;   // valid, but not for this client: put here by who knows the client
  bool snapshot = false;             // asked for by a JSON true, nothing else
  bool meta = false;
  bool status = false;
  std::optional<double> max_rate_hz;  // updates a second of each pair; above 0, at most kMaxRateHz
  std::vector<ResumePoint> resume;    // of pairs in `pairs`, in their order
  std::string token;                  // of auth
  std::string id_json;                // the JSON text of the request's id, or ""
  std::string session;                // whose pairs these are, of a client that has come back: put here by who knows
  std::string error_reply;

  bool has_answer() const { return !pairs.empty() || (refused.empty() && denied.empty()); }
};

// Costs one JSON document of `text`'s size; the caller bounds that size (--max-message). Depth is checked before.
Command parse_command(std::string_view text);

// Replies: whole JSON texts. `id_json` ("" or the JSON text of an id) becomes the last member "id". Words are
// escaped; bytes that are no UTF-8 become U+FFFD.
std::string connected(std::string_view session_id);
// To a client that came with a credential; `expires_s`: Unix seconds, if its time is limited.
std::string connected(std::string_view session_id, std::string_view user, std::optional<std::int64_t> expires_s);
// `recovered`: for each pair that was to be resumed, whether all that came after its position follows.
// `session`: an earlier one of the client, whose pairs these are.
using Recovered = std::vector<std::pair<std::string, bool>>;
std::string subscribed(const std::vector<std::string>& pairs, std::string_view id_json,
                       const Recovered& recovered = {}, std::string_view session = {});
// What came to the pair between the two positions is not known here; `to` is that of the newest event, if there is
// one.
std::string gap(std::string_view pair, const base::Position& from, const std::optional<base::Position>& to);
// The pair has brought no event since `since_epoch_ms`, or cannot, and: it does again.
std::string stale(std::string_view pair, std::int64_t since_epoch_ms);
std::string live(std::string_view pair);
std::string unsubscribed(const std::vector<std::string>& pairs, std::string_view id_json);
std::string pong(std::int64_t epoch_ms, std::string_view id_json);
std::string invalid_pairs_error(const std::vector<std::string>& refused, std::string_view id_json);
std::string denied_pairs_error(const std::vector<std::string>& denied, std::string_view id_json);
std::string limit_error(std::size_t limit, std::string_view id_json);

// Where an update stands on its connection, for clients that asked for it.
struct Meta {
  base::Position at;
  std::optional<base::Position> prev;  // the offset that this connection got for the pair before this one
  std::int64_t kafka_ms = 0;           // the record's timestamp
  std::int64_t sent_ms = 0;            // when the batch went out
  std::uint32_t conflated = 0;         // events between prev and this one that were superseded unsent
};

inline constexpr std::size_t kMaxEnvelopeBytes = 256;
inline constexpr std::string_view kRateUpdateOpening = R"({"type":"rateUpdate","event":)";  // the event follows

// Appends {"type":"rateUpdate","event":<event>[,"snapshot":true][,"meta":{...}]}. `event` is passed byte for byte: it
// must have passed check_event(). Plain appends, no allocation but the growth of `out`, which is at most the event's
// bytes and kMaxEnvelopeBytes.
void append_rate_update(std::string& out, std::string_view event, bool snapshot, const Meta* meta);

// A pair by value: an event may spell it with escapes, so it need not stand in the event's bytes as it reads.
struct Pair {
  std::array<char, kPairBytes> letters;

  std::string_view view() const& { return {letters.data(), letters.size()}; }
  std::string_view view() && = delete;
};

// The event's pair, or the first cause in the order of Poison that speaks against it. The order of members does not
// matter, further members are allowed everywhere, and the last of members with one name counts. Two linear scans
// (size, UTF-8, depth), then one pass of a SAX parser: no document is built, and the depth of hostile input costs
// nothing.
std::variant<Pair, Poison> check_event(std::string_view event, std::size_t max_bytes);

}  // namespace wsf::protocol
