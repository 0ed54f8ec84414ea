// The frame codec against Boost.Beast. The input's first byte chooses one of three games, the role that reads, the
// limit and how the bytes are cut; the rest is
//   0 bytes off the wire: what we accept or refuse, Beast accepts or refuses, with the same code;
//   1 a conversation that Beast writes: we read exactly what was meant;
//   2 a conversation that we write: Beast and we read exactly what was meant.
// Where we differ from Beast on purpose stands in agrees().

#include "ws/beast_peer.hpp"
#include "ws/seen.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace wsf::ws;
using Kind = FrameEvent::Kind;
using Events = std::vector<Seen>;

constexpr std::uint64_t kLimits[] = {125, 300, 70'000, 1 << 20};

struct Game {
  int kind;
  Role reader;
  std::uint64_t max_message_bytes;
  std::vector<std::size_t> pieces;
};

// The input, eaten from the front.
class Bytes {
 public:
  Bytes(const std::uint8_t* data, std::size_t size) : rest_(reinterpret_cast<const char*>(data), size) {}
  bool empty() const { return rest_.empty(); }
  std::uint8_t byte() {
    if (rest_.empty()) return 0;
    const auto first = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return first;
  }
  std::string_view take(std::size_t size) {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view rest_;
};

Game choose(Bytes& bytes) {
  const std::uint8_t choice = bytes.byte();
  const std::uint8_t cut = bytes.byte();
  return {choice % 4 % 3,
          (choice & 4) != 0 ? Role::server : Role::client,
          kLimits[(choice >> 3) % 4],
          {std::size_t{cut} + 1, (choice & 32) != 0 ? std::size_t{1} : std::size_t{cut} % 16 + 1, ~std::size_t{0}}};
}

[[noreturn]] void differ(const char* what, const Events& ours, const Events& theirs) {
  std::fprintf(stderr, "%s\n", what);
  for (const Seen& seen : ours) {
    std::fprintf(stderr, "  one:   kind %d code %d, %zu bytes, %s\n", static_cast<int>(seen.kind), seen.code,
                 seen.payload.size(), seen.kind == Kind::error ? seen.payload.c_str() : "");
  }
  for (const Seen& seen : theirs) {
    std::fprintf(stderr, "  other: kind %d code %d, %zu bytes, %s\n", static_cast<int>(seen.kind), seen.code,
                 seen.payload.size(), seen.kind == Kind::error ? seen.payload.c_str() : "");
  }
  std::abort();
}

// The last events need not be equal where the RFC leaves a choice or Beast takes another reading of it.
bool last_agrees(const Seen& ours, const Seen& beast) {
  if (ours == beast) return true;
  if (ours.kind == Kind::error && beast.kind == Kind::error) {
    // We hold the 64th bit for malformed, Beast for too much.
    if (ours.payload == "length above 63 bits") return beast.code == 1009;
    // A reason is text like any other; Beast takes a close frame that breaks off or misspells as a breach of form.
    if (ours.payload == "invalid UTF-8 in close reason") return beast.code == 1002;
  }
  // 1014 (bad gateway) was registered after the RFC; above 4999 nothing is defined.
  if (ours.kind == Kind::close && ours.code == 1014) return beast.kind == Kind::error && beast.code == 1002;
  if (ours.payload == "invalid close code") return beast.kind == Kind::close && beast.code >= 5000;
  return false;
}

// Beast lets a text end within a character when its last frame is empty, and reads on.
bool beast_passes_half_a_character(const Events& ours, const Events& beast) {
  if (ours.empty() || ours.back().code != 1007 || beast.size() < ours.size()) return false;
  const Seen& passed = beast[ours.size() - 1];
  return passed.kind == Kind::text && !wsf::base::is_valid_utf8(passed.payload) &&
         std::equal(ours.begin(), ours.end() - 1, beast.begin());
}

bool agrees(const Events& ours, const Events& beast) {
  if (beast_passes_half_a_character(ours, beast)) return true;
  if (ours.size() != beast.size()) return false;
  if (ours.empty()) return true;
  return std::equal(ours.begin(), ours.end() - 1, beast.begin()) && last_agrees(ours.back(), beast.back());
}

bool ends_in_error(const Events& events) {
  return !events.empty() && events.back().kind == Kind::error;
}

void compare_with_beast(const Game& game, const std::string& wire) {
  const Events ours = read_all(game.reader, game.max_message_bytes, wire, game.pieces);
  const Events whole = read_all(game.reader, game.max_message_bytes, wire);
  if (ours != whole) differ("cut bytes are read otherwise than whole ones", ours, whole);
  Events beast = BeastPeer(game.reader, game.max_message_bytes).read(wire);
  // We refuse on the first byte that makes it certain; Beast waits for the whole header or a few bytes of text.
  if (ends_in_error(ours) && !agrees(ours, beast)) {
    beast = BeastPeer(game.reader, game.max_message_bytes).read(wire + std::string(256, '\0'));
  }
  if (!agrees(ours, beast)) differ("we and Beast read the same bytes differently", ours, beast);
}

class Conversation {
 public:
  Conversation(const Game& game, Bytes& bytes) : game_(game), bytes_(bytes) {}
  virtual ~Conversation() = default;

  Events write() {
    while (!bytes_.empty() && !closed_) write_one();
    return meant_;
  }

 protected:
  virtual void data(Opcode opcode, bool first, bool fin, std::string_view part) = 0;
  virtual void control(Opcode opcode, std::string_view payload) = 0;
  virtual void close(std::uint16_t code, std::string_view reason) = 0;

 private:
  void write_one() {
    const std::uint8_t choice = bytes_.byte();
    if (choice % 8 < 4) return message(choice);
    if (choice % 8 < 7) return write_control(choice);
    write_close();
  }

  void write_control(std::uint8_t choice) {
    const std::string_view payload = bytes_.take(bytes_.byte() % (kMaxControlBytes + 1));
    const bool ping = (choice & 8) != 0;
    control(ping ? Opcode::ping : Opcode::pong, payload);
    meant_.push_back({ping ? Kind::ping : Kind::pong, std::string(payload)});
  }

  void message(std::uint8_t choice) {
    std::string payload(bytes_.take(bytes_.byte()));
    if ((choice & 8) != 0 && !payload.empty()) payload.append(256u * bytes_.byte(), 'x');
    if (payload.size() > game_.max_message_bytes) payload.resize(game_.max_message_bytes);
    const Opcode opcode = wsf::base::is_valid_utf8(payload) ? Opcode::text : Opcode::binary;
    const std::size_t parts = choice % 4;
    std::size_t at = 0;
    for (std::size_t i = 0; i < parts; ++i) {
      const std::size_t size = std::min<std::size_t>(bytes_.byte(), payload.size() - at);
      data(opcode, i == 0, false, std::string_view(payload).substr(at, size));
      at += size;
      if ((choice & 16) != 0) write_control(choice);
    }
    data(opcode, parts == 0, true, std::string_view(payload).substr(at));
    meant_.push_back({opcode == Opcode::text ? Kind::text : Kind::binary, payload});
  }

  void write_close() {
    closed_ = true;
    std::string reason(bytes_.take(bytes_.byte() % (kMaxReasonBytes + 1)));
    if (!wsf::base::is_valid_utf8(reason)) reason.clear();
    const std::uint16_t code = reason.empty() ? kNoStatus : static_cast<std::uint16_t>(3000 + reason.size());
    close(code, reason);
    meant_.push_back({Kind::close, reason, code});
  }

  const Game& game_;
  Bytes& bytes_;
  Events meant_;
  bool closed_ = false;
};

Role other(Role role) {
  return role == Role::server ? Role::client : Role::server;
}

class BeastWrites : public Conversation {
 public:
  BeastWrites(const Game& game, Bytes& bytes)
      : Conversation(game, bytes), beast_(other(game.reader), game.max_message_bytes) {}
  std::string wire() { return beast_.written(); }

 private:
  void data(Opcode opcode, bool first, bool fin, std::string_view part) override {
    if (first && fin) return beast_.write(opcode, part);
    beast_.write_some(opcode, fin, part);
  }
  void control(Opcode opcode, std::string_view payload) override {
    opcode == Opcode::ping ? beast_.ping(payload) : beast_.pong(payload);
  }
  void close(std::uint16_t code, std::string_view reason) override { beast_.close(code, reason); }

  BeastPeer beast_;
};

class WeWrite : public Conversation {
 public:
  WeWrite(const Game& game, Bytes& bytes) : Conversation(game, bytes), masked_(game.reader == Role::server) {}
  std::string wire() { return wire_; }

 private:
  void append(Opcode opcode, std::string_view payload, bool fin) {
    if (masked_) return append_masked_frame(wire_, opcode, payload, mask_ = mask_ * 1664525 + 1013904223, fin);
    append_frame(wire_, opcode, payload, fin);
  }
  void data(Opcode opcode, bool first, bool fin, std::string_view part) override {
    append(first ? opcode : Opcode::continuation, part, fin);
  }
  void control(Opcode opcode, std::string_view payload) override { append(opcode, payload, true); }
  void close(std::uint16_t code, std::string_view reason) override {
    masked_ ? append_masked_close(wire_, code, reason, mask_) : append_close(wire_, code, reason);
  }

  bool masked_;
  std::uint32_t mask_ = 1;
  std::string wire_;
};

template <class Writer>
void read_what_is_written(const Game& game, Bytes& bytes) {
  Writer writer(game, bytes);
  const Events meant = writer.write();
  const std::string wire = writer.wire();
  const Events ours = read_all(game.reader, game.max_message_bytes, wire, game.pieces);
  if (ours != meant) differ("we read something else than was meant", ours, meant);
  compare_with_beast(game, wire);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Bytes bytes(data, size);
  const Game game = choose(bytes);
  if (game.kind == 1) {
    read_what_is_written<BeastWrites>(game, bytes);
  } else if (game.kind == 2) {
    read_what_is_written<WeWrite>(game, bytes);
  } else {
    compare_with_beast(game, std::string(bytes.take(size)));
  }
  return 0;
}
