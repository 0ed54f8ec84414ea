#pragma once
// The places that a user's connections hold, counted over all replicas. Any thread.

#include "ws/sessions.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace wsf::fanout {

class UserPlaces {
 public:
  virtual ~UserPlaces() = default;
  // Never waits: the connection is let in, and `on_refused` is called later, on any thread, if the user's other
  // connections hold all places. The place's number, for release().
  virtual std::uint64_t take(const std::string& user, std::function<void(std::uint64_t place)> on_refused) = 0;
  // Of one that was not refused; without effect otherwise.
  virtual void release(const std::string& user, std::uint64_t place) = 0;
};

struct RefusedPlace {
  ws::Slot slot = 0;
  std::uint64_t place = 0;  // that the slot held then
};

}  // namespace wsf::fanout
