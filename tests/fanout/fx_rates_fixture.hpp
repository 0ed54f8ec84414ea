#pragma once
// fx-rates on one shard, between scripted sockets and a feed that a test speaks for.

#include "base/clock.hpp"
#include "fakes/scripted_kernel.hpp"
#include "fanout/fx_rates.hpp"
#include "fanout/fx_rates_service.hpp"
#include "fanout/rate_frames.hpp"
#include "peer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::fanout {

inline std::string subscribe(std::string_view pairs, std::string_view more = "") {
  return client_text(R"({"action":"subscribe","currencyPairs":[)" + std::string(pairs) + "]" + std::string(more) +
                     "}");
}

class FxRatesTest : public testing::Test {
 protected:
  explicit FxRatesTest(auth::KeyStore* keys = nullptr) {
    route.keys = keys;
    view.services.push_back(&service);
    reception.attach(sessions);
    reception.add(app);
    app.attach(sessions);
  }

  static Options small_limits() {
    Options options;
    options.max_connections = 2;
    options.fx_rates->max_subscriptions = 3;
    options.max_errors = 2;
    return options;
  }

  std::vector<std::string> open(int fd, std::string_view more_headers = "") {
    sessions.adopt(fd);
    receive(fd, upgrade_request("/ws/fx-rates", more_headers));
    const std::string bytes = std::exchange(kernel[fd].written, {});
    return texts_in(bytes.substr(bytes.find("\r\n\r\n") + 4));
  }
  void receive(int fd, std::string_view bytes) {
    kernel[fd].incoming += bytes;
    sessions.on_ready(kernel.readable(fd));
    sessions.flush();
  }
  std::vector<std::string> ask(int fd, std::string_view bytes) {
    receive(fd, bytes);
    return heard(fd);
  }
  std::vector<std::string> heard(int fd) { return texts_in(std::exchange(kernel[fd].written, {})); }

  hub::Update event(std::string_view pair, std::int64_t offset, std::optional<std::int64_t> previous = {}) {
    hub::Update update;
    update.key = pair;
    update.payload = R"({"n":)" + std::to_string(offset) + "}";
    update.position = {0, offset};
    if (previous) update.previous = base::Position{0, *previous};
    update.kafka_ms = 77;
    return update;
  }
  hub::Update of_epoch(std::int32_t epoch, hub::Update update) {
    update.position.epoch = epoch;
    return update;
  }
  void lose(const base::Position& first, const base::Position& next) {
    auto batch = std::make_shared<hub::UpdateBatch>();
    batch->received_ms = base::epoch_ms();
    batch->loss = hub::Loss{first, next};
    app.on_batch(batch);
    sessions.flush();
  }
  void feed(std::vector<hub::Update> updates) {
    auto batch = std::make_shared<hub::UpdateBatch>();
    batch->updates = std::move(updates);
    batch->received_ms = base::epoch_ms();
    batch->head = true;
    app.on_batch(batch);
    sessions.flush();
  }
  void unblock(int fd) {
    kernel[fd].takes = SIZE_MAX;
    sessions.on_ready(kernel.writable(fd));
    sessions.flush();
  }
  void pass(std::int64_t ms) {
    now += ms;
    sessions.advance(now);
    sessions.flush();
  }
  void tick() {
    app.on_tick();
    sessions.flush();
  }

  Options options = small_limits();
  ServerState state;
  ServerView view{options, state};
  Pages pages{view};
  ws::ScriptedKernel kernel;
  Reception reception{options, state, pages};
  FxRatesService service{*options.fx_rates};
  FeedState& feed_state = service.feed_state();
  Route& route = service.route();
  FxRates app{*options.fx_rates, feed_state, nullptr, reception, route};
  std::int64_t now = 1'000;
  ws::Sessions sessions{kernel, reception, {}, reencode_rate_update, now};
};

}  // namespace wsf::fanout
