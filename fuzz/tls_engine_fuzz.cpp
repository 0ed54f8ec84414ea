// Arbitrary bytes from the peer, at the begin of a TLS connection or after a part of a real handshake, in pieces:
// nothing but a fault, a goodbye or silence comes of them, and no plaintext. The input: whom the bytes are for and
// how many turns of the handshake come before them, the length of the pieces, the bytes.

#include "base/check.hpp"
#include "net/tls_pair.hpp"

#include <algorithm>
#include <cstdint>
#include <string_view>

using namespace wsf::net;
using wsf::base::check;

namespace {

constexpr unsigned kForClient = 1, kTurnsShift = 1, kMostTurns = 3;  // bits of the first byte
constexpr std::size_t kMostAnswered = 64 * 1024;

// The first `turns` of an honest handshake; the last words of the second end are lost.
void shake(TlsEnd& client, TlsEnd& server, unsigned turns) {
  client.begin();
  for (unsigned turn = 0; turn < turns; ++turn) {
    TlsEnd &from = turn % 2 == 0 ? client : server, &to = turn % 2 == 0 ? server : client;
    to.hear(from.take_out());
  }
}

// Whether the end is still of use after these bytes.
bool survives(TlsEnd& end, std::string_view bytes, std::size_t piece) {
  const bool was_established = end.engine.established();
  for (; !bytes.empty(); bytes.remove_prefix(std::min(piece, bytes.size()))) {
    end.hear(bytes.substr(0, piece));
    if (end.fault) break;
  }
  check(end.heard.empty(), "nothing comes of bytes that no key made");
  check(end.engine.established() <= was_established, "no handshake is made of them");
  check(end.out.size() <= kMostAnswered, "the answer is bounded");
  check(!end.fault || !end.fault->what.empty(), "a fault says what it is");
  return !end.fault;
}

bool survives(const TlsPair& pair, unsigned begin, std::string_view bytes, std::size_t piece) {
  TlsEnd client(pair.client->new_session("localhost")), server(pair.server->new_session());
  shake(client, server, begin >> kTurnsShift & kMostTurns);
  client.take_out();
  server.take_out();
  return survives(begin & kForClient ? client : server, bytes, piece);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const TlsPair pair;
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data + 2), size - 2);
  check(survives(pair, data[0], bytes, 1U + data[1]) == survives(pair, data[0], bytes, SIZE_MAX),
        "pieces make no difference");
  return 0;
}
