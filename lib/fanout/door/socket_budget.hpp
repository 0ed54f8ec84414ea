#pragma once
// How many descriptors a server needs. Pure functions.

#include "fanout/options.hpp"

#include <algorithm>
#include <cstdint>

namespace wsf::fanout {

// Beside the sessions there are requests under way and health checks; more sockets than both are closed at once.
inline constexpr std::uint64_t kLeastSpareSockets = 64, kMostSpareSockets = 4096;

constexpr std::uint64_t most_sockets(std::uint64_t max_connections) {
  return max_connections + std::clamp(max_connections / 4, kLeastSpareSockets, kMostSpareSockets);
}

// Standard streams, key files, a fetch of keys, connections to Redis and a collector; a client library's brokers; of
// each shard the loop, its ring and its mailbox; what the admin port admits. Clients of gRPC, a connection for each
// stream, and the library's own.
constexpr std::uint64_t own_descriptors(const Options& options, std::uint64_t shards) {
  constexpr std::uint64_t kProcess = 28, kFeed = 32, kShard = 3, kAdmin = 256 + 3, kGrpc = 64;
  std::uint64_t own = kProcess + kFeed + kShard * shards;
  if (options.admin) own += kAdmin;
  if (options.quotes && options.quotes->grpc_listen) own += kGrpc + options.quotes->grpc_listen->max_streams;
  return own;
}

// The most sessions that fit into `limit` descriptors, at least 1.
constexpr std::uint64_t sessions_that_fit(std::uint64_t limit, std::uint64_t own) {
  const std::uint64_t room = limit > own ? limit - own : 0;
  if (room >= 5 * kMostSpareSockets) return room - kMostSpareSockets;
  if (room >= 5 * kLeastSpareSockets) return room / 5 * 4;
  return room > kLeastSpareSockets ? room - kLeastSpareSockets : 1;
}

}  // namespace wsf::fanout
