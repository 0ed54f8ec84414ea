#pragma once
// trading on one shard, between scripted sockets and a log whose records a test speaks.

#include "auth/key_store.hpp"
#include "base/clock.hpp"
#include "fanout/sockets_fixture.hpp"
#include "fanout/trading/feed.hpp"
#include "fanout/trading/trading.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::fanout {

inline std::string price(std::string_view market, int amount) {
  return fmt::format(R"({{"type":"market_price","market":"{}","price":{}}})", market, amount);
}
inline std::string pnl(std::string_view assessment, int amount) {
  return fmt::format(R"({{"type":"pnl_update","assessmentId":"{}","pnl":{}}})", assessment, amount);
}

class TradingTest : public SocketsTest {
 protected:
  TradingTest() : SocketsTest({}, small_outbox()) {
    route.keys = &keys;
    serve(app);
  }

  // A token of ada's; `claims` begins with a comma.
  static std::string token(std::string_view claims = "") {
    const std::int64_t expires_s = base::epoch_ms() / 1000 + 300;
    return auth::sign(fmt::format(R"({{"sub":"ada","exp":{}{}}})", expires_s, claims), kSecret).value();
  }
  // The bytes of the answer to an upgrade to /ws?query.
  std::string request(int fd, std::string_view query, std::string_view claims = "") {
    return SocketsTest::request(fd, "/ws?" + std::string(query), "Authorization: Bearer " + token(claims) + "\r\n");
  }
  // The texts that follow the upgrade, but for the welcome.
  std::vector<std::string> open(int fd, std::string_view query = "", std::string_view claims = "") {
    const std::string bytes = request(fd, query, claims);
    auto texts = texts_in(bytes.substr(bytes.find("\r\n\r\n") + 4));
    texts.erase(texts.begin());
    return texts;
  }
  std::vector<std::string> ask(int fd, std::string_view text) {
    receive(fd, client_text(text));
    return heard(fd);
  }

  // One poll that brings these values of the topic trading.pnl, or of another; offsets count from 0.
  void log(const std::vector<std::string>& values, std::string_view topic = "trading.pnl", bool history = false) {
    std::vector<kafka::Record> records;
    for (const std::string& value : values) {
      records.push_back({.topic = topic, .offset = next_offset++, .value = value, .history = history});
    }
    feed.on_records(records);
    sessions.flush();
  }
  void history(const std::vector<std::string>& values) { log(values, "trading.pnl", true); }
  void reach_head() {
    feed.on_head();
    sessions.flush();
  }
  void pass(std::int64_t ms) {
    SocketsTest::pass(ms);
    app.on_tick();
    sessions.flush();
  }

  static constexpr const char* kSecret = "thirty-two bytes or more of a secret";

  TradingOptions trading;
  auth::KeyStore keys{{.secret = kSecret}};
  Route route{.options = trading.route};
  hub::EventBuffer buffer{{.events_per_key = 3}};
  Trading app{trading, buffer, reception, route};
  FeedState feed_state;
  TradingFeed feed{1024, feed_state, buffer, [this](const hub::SharedBatch& batch) { app.on_batch(batch); }};
  std::int64_t next_offset = 0;
};

}  // namespace wsf::fanout
