#pragma once
// The channels of users who are here. Any thread.

#include <string>

namespace wsf::fanout {

class UserChannels {
 public:
  virtual ~UserChannels() = default;
  // Counted: the user's messages are asked for from the first join to the last leave, over all shards. A leave and a
  // join at the same time end as joined, whatever order they come in.
  virtual void join(const std::string& user) = 0;
  virtual void leave(const std::string& user) = 0;
};

}  // namespace wsf::fanout
