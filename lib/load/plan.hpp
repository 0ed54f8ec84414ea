#pragma once
// Who subscribes to what. A key is what events are numbered by and connections subscribe to: a currency pair, a user.
// Connection c takes `per_connection` keys in a row, the next connection goes on where it ended. So each key has the
// same number of subscribers as soon as connections * per_connection is a multiple of the number of keys, and differs
// by one otherwise. That is pure arithmetic; only another choice needs a table.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace wsf::load {

struct Plan {
  std::uint32_t connections = 0;
  std::uint32_t keys = 1;
  std::uint32_t per_connection = 1;  // at most `keys`
  std::uint32_t slow = 0;            // so many connections, spread evenly, do not read; below `connections`
  std::uint32_t first_owed = 0;      // of keys below this one nobody is owed every event
  // Where the choice is not by turns: the keys of each connection, per_connection of them in a row.
  std::vector<std::uint16_t> chosen = {};

  std::uint32_t key_of(std::uint32_t connection, std::uint32_t slot) const {
    const std::uint64_t at = std::uint64_t{connection} * per_connection + slot;
    return chosen.empty() ? static_cast<std::uint32_t>(at % keys) : chosen[at];
  }
  // The inverse of key_of; std::nullopt: this connection did not subscribe to the key.
  std::optional<std::uint32_t> slot_of(std::uint32_t connection, std::uint32_t key) const {
    if (!chosen.empty()) return search(connection, key);
    const std::uint32_t slot = (key + keys - key_of(connection, 0)) % keys;
    if (slot >= per_connection) return std::nullopt;
    return slot;
  }
  // Never number 0: it has to prove first that the server serves.
  bool is_slow(std::uint32_t connection) const {
    const std::uint64_t before = std::uint64_t{connection} * slow / connections;
    return (std::uint64_t{connection} + 1) * slow / connections != before;
  }
  // Of the connections that read; 0 of a key that is not owed.
  std::vector<std::uint64_t> subscribers_of_each_key() const;

 private:
  std::optional<std::uint32_t> search(std::uint32_t connection, std::uint32_t key) const {
    const auto begin = chosen.begin() + static_cast<std::ptrdiff_t>(std::uint64_t{connection} * per_connection);
    const auto end = begin + static_cast<std::ptrdiff_t>(per_connection);
    const auto found = std::find(begin, end, key);
    if (found == end) return std::nullopt;
    return static_cast<std::uint32_t>(found - begin);
  }
};

// A subscription among those of one thread.
struct Subscription {
  std::uint32_t connection = 0;
  std::uint32_t key = 0;
  std::size_t index = 0;  // counts the subscriptions of the thread
};

// The connections of one thread: first, first + stride, first + 2 * stride...
struct Share {
  const Plan& plan;
  std::uint32_t first = 0, stride = 1;

  std::uint32_t connections() const {
    return plan.connections > first ? (plan.connections - first + stride - 1) / stride : 0;
  }
  std::size_t subscriptions() const { return std::size_t{connections()} * plan.per_connection; }
  std::uint32_t local(std::uint32_t connection) const { return (connection - first) / stride; }
  Subscription subscription(std::uint32_t connection, std::uint32_t slot) const {
    return {connection, plan.key_of(connection, slot), std::size_t{local(connection)} * plan.per_connection + slot};
  }
};

// How connections come to their keys. by_turns: as described above. by_chance: any, all equally wanted. by_zipf: some
// are more wanted than others, the chance of the key with index i is proportional to 1 / (i + 1).
enum class KeyChoice { by_turns, by_chance, by_zipf };

// Plan::chosen for the choice; empty: by turns. A connection takes none twice. The same seed gives the same choice. 2
// bytes a subscription.
std::vector<std::uint16_t> choose(const Plan& plan, KeyChoice choice, std::uint64_t seed);

}  // namespace wsf::load
