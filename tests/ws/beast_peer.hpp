#pragma once
// Boost.Beast's websocket::stream over an in-memory connection: the foreign peer that the codec is measured against.

#include "ws/seen.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace wsf::ws {

class BeastPeer {
 public:
  BeastPeer(Role role, std::uint64_t max_message_bytes);  // Beast plays this role, upgraded and ready
  ~BeastPeer();

  // Gives Beast these bytes and then the end of the stream. What it makes of them; an end in the midst of things adds
  // nothing. An error carries the code of the close frame that Beast answers with.
  std::vector<Seen> read(std::string_view wire);

  void write(Opcode opcode, std::string_view message);              // text or binary, in frames as Beast likes
  void write_some(Opcode opcode, bool fin, std::string_view part);  // one fragment
  void ping(std::string_view payload);
  void pong(std::string_view payload);
  void close(std::uint16_t code, std::string_view reason);
  std::string written();  // the bytes that Beast has written since the last call

 private:
  struct Streams;
  std::unique_ptr<Streams> streams_;
  Role role_;
};

}  // namespace wsf::ws
