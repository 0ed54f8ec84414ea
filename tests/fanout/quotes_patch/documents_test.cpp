// The promise of quotes-patch as a game of random moves: prices move, clients join, leave, stop reading and go on;
// once a client has read all that was sent, the document that it made of the operations is the server's. WSF_SEED=n
// plays the one game again that failed.

#include "fanout/quotes_patch/patches_fixture.hpp"
#include "ws/compressed_peer.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <map>
#include <memory>
#include <random>

namespace wsf::fanout {
namespace {

using nlohmann::json;

struct Reader {
  std::vector<std::string> symbols;
  std::string fields;
  json document = json::parse(R"({"quotes":{}})");
  bool reads = true;
  std::unique_ptr<ws::KeepingInflater> inflater;  // of one that takes compressed messages
  bool closed = false;                            // as a slow consumer
};

constexpr unsigned kGames = 500;
constexpr int kMoves = 120;

class DocumentsGame : public PatchesTest {
 public:
  explicit DocumentsGame(unsigned seed) : random(seed) {}

  // The number of messages that were made anew.
  std::uint64_t play() {
    for (int move = 0; move < kMoves; ++move) {
      const auto dice = random() % 20;
      if (dice < 10) {
        move_prices();
      } else if (dice < 12) {
        join_one();
      } else if (dice < 13) {
        leave_one();
      } else if (dice < 16) {
        stop_or_go_on();
      } else {
        pass(static_cast<std::int64_t>(random() % 1'500));
      }
      sessions.flush();
      read_all();
    }
    settle();
    for (auto& [fd, reader] : readers) {
      if (reader.closed) continue;
      EXPECT_EQ(reader.document, expected(reader)) << "fd " << fd;
    }
    return app.counters().patches_remade.value();
  }

 private:
  void TestBody() override {}

  // Long enough for a breaker that has opened.
  void settle() {
    for (auto& [fd, reader] : readers) go_on(fd, reader);
    for (int i = 0; i < 700; ++i) pass(50);
    read_all();
  }

  void read_all() {
    for (auto& [fd, reader] : readers) read(fd, reader);
  }

  void move_prices() {
    std::vector<SymbolQuote> event;
    for (auto& [symbol, quote] : quotes) {
      if (random() % 3 != 0) continue;
      if (random() % 2 == 0) quote.price = std::to_string(1 + random() % 5);
      if (random() % 2 == 0) quote.change = std::to_string(random() % 3) + ".5";
      if (random() % 4 == 0) quote.change_percent = std::to_string(random() % 3);
      quote.time_ms += static_cast<std::int64_t>(random() % 2);
      event.emplace_back(symbol, quote);
    }
    if (event.empty()) return;
    queue(event);
    if (random() % 2 == 0) sessions.flush();
  }

  void join_one() {
    const int fd = next_fd++;
    Reader reader;
    for (const auto& [symbol, quote] : quotes) {
      if (random() % 2 == 0) reader.symbols.push_back(symbol);
    }
    if (reader.symbols.empty()) reader.symbols.push_back("AAPL");
    static const std::vector<std::string> kFields{"current_price,change,change_percent,last_updated", "current_price",
                                                  "change,last_updated"};
    reader.fields = kFields[random() % kFields.size()];
    std::string list, offer;
    for (const std::string& symbol : reader.symbols) list += symbol + ",";
    if (random() % 2 == 0) {
      const int bits = 9 + static_cast<int>(random() % 7);
      reader.inflater = std::make_unique<ws::KeepingInflater>(bits);
      offer = "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=" + std::to_string(bits) + "\r\n";
    }
    const std::string target =
        "/ws/quotes?symbols=" + list + "&fields=" + reader.fields + "&compact=" + std::to_string(random() % 2);
    for (const std::string& text : enter(fd, target, offer)) apply(reader, text);
    readers.emplace(fd, std::move(reader));
  }

  void leave_one() {
    if (readers.empty()) return;
    const int fd = std::next(readers.begin(), static_cast<long>(random() % readers.size()))->first;
    kernel[fd].peer_ended = true;
    sessions.on_ready(kernel.readable(fd));
    readers.erase(fd);
  }

  void stop_or_go_on() {
    if (readers.empty()) return;
    auto& [fd, reader] = *std::next(readers.begin(), static_cast<long>(random() % readers.size()));
    if (!reader.reads) return go_on(fd, reader);
    reader.reads = false;
    kernel[fd].takes = random() % 700;  // perhaps a frame is begun
  }

  void go_on(int fd, Reader& reader) {
    reader.reads = true;
    unblock(fd);
    read(fd, reader);
  }

  // What a socket took of a frame that it has begun stays there until the rest follows.
  void read(int fd, Reader& reader) {
    if (!reader.reads || reader.closed) return;
    const std::string bytes = std::exchange(kernel[fd].written, {});
    for (std::string text : reader.inflater ? reader.inflater->messages_in(bytes) : texts_in(bytes)) {
      if (text.starts_with("z:")) text.erase(0, 2);
      reader.closed = text.starts_with("close 4000");
      if (!reader.closed) apply(reader, text);
    }
  }

  static void apply(Reader& reader, const std::string& text) {
    const json message = json::parse(text);
    ASSERT_EQ(message["type"], "quotes_patch");
    ASSERT_FALSE(message["operations"].empty());
    reader.document = reader.document.patch(message["operations"]);
  }

  json expected(const Reader& reader) const {
    json out = json::parse(R"({"quotes":{}})");
    for (const std::string& symbol : reader.symbols) {
      std::string add;
      protocol::append_add(add, symbol, quotes.at(symbol), protocol::parse_patch_fields(reader.fields).value());
      out = out.patch(json::array({json::parse(add)}));
    }
    return out;
  }

  std::mt19937 random;
  std::map<std::string, protocol::Quote> quotes{first.begin(), first.end()};
  std::map<int, Reader> readers;
  int next_fd = 1;
};

std::uint64_t play(unsigned seed) {
  const testing::ScopedTrace trace(__FILE__, __LINE__, "repeat with WSF_SEED=" + std::to_string(seed));
  return DocumentsGame(seed).play();
}

TEST(Documents, are_the_servers_whatever_their_clients_missed) {
  if (const char* seed = std::getenv("WSF_SEED")) {
    play(static_cast<unsigned>(std::strtoul(seed, nullptr, 10)));
    return;
  }
  std::uint64_t remade = 0;
  for (unsigned seed = 1; seed <= kGames && !testing::Test::HasFailure(); ++seed) remade += play(seed);
  EXPECT_GT(remade, kGames / 4);
}

}  // namespace
}  // namespace wsf::fanout
