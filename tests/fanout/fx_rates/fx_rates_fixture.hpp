#pragma once
// fx-rates on one shard, between scripted sockets and a feed that a test speaks for.

#include "base/clock.hpp"
#include "fanout/fx_rates/fx_rates.hpp"
#include "fanout/fx_rates/service.hpp"
#include "fanout/sockets_fixture.hpp"

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

class FxRatesTest : public SocketsTest {
 protected:
  explicit FxRatesTest(auth::KeyStore* keys = nullptr) : SocketsTest(small_limits()) {
    route.keys = keys;
    view.services.push_back(&service);
    serve(app);
  }

  static Options small_limits() {
    Options options;
    options.max_connections = 2;
    options.fx_rates->max_subscriptions = 3;
    options.max_errors = 2;
    return options;
  }

  std::vector<std::string> open(int fd, std::string_view more_headers = "") {
    return enter(fd, "/ws/fx-rates", more_headers);
  }
  std::vector<std::string> ask(int fd, std::string_view bytes) {
    receive(fd, bytes);
    return heard(fd);
  }
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
  void tick() {
    app.on_tick();
    sessions.flush();
  }

  FxRatesService service{*options.fx_rates};
  FeedState& feed_state = service.feed_state();
  Route& route = service.route();
  FxRates app{*options.fx_rates, feed_state, nullptr, reception, route};
};

}  // namespace wsf::fanout
