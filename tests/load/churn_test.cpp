#include "load/churn.hpp"

#include "base/clock.hpp"
#include "load/fx_rates_dialect.hpp"
#include "load/scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

namespace wsf::load {
namespace {

LoadOptions against(std::uint16_t port) {
  LoadOptions out;
  out.url = ws::parse_url("ws://127.0.0.1:" + std::to_string(port) + "/ws/fx-rates").value();
  out.route.target = resolve("127.0.0.1", port).value();
  out.pairs = {"EURUSD"};
  out.pairs_per_connection = 1;
  return out;
}

ChurnOptions churn_of(const LoadOptions& load) {
  return {.route = load.route, .rate_per_s = 500, .seed = 1};
}

// Runs until so many clients have come to an end.
void run_until(Churn& churn, std::uint64_t ended) {
  std::thread stopper([&] {
    const auto done = [&] { return churn.progress().completed.value() + churn.progress().failed.value(); };
    while (done() < ended) std::this_thread::yield();
    churn.stop();
  });
  churn.run(base::steady_ns());
  stopper.join();
}

TEST(Churn, a_client_comes_subscribes_and_closes_in_order) {
  test::ScriptedServer server(test::ScriptedServer::kComeAndGo);
  const LoadOptions load = against(server.port());
  const FxRatesDialect dialect(load);
  Churn churn(churn_of(load), dialect);
  run_until(churn, 20);
  EXPECT_EQ(churn.progress().failed.value(), 0u);
  EXPECT_EQ(churn.progress().completed.value(), churn.progress().opened.value());
  EXPECT_EQ(churn.connect_ns().count(), churn.progress().opened.value());
  EXPECT_EQ(server.first_subscription(), R"({"action":"subscribe","currencyPairs":["EURUSD"]})");
}

TEST(Churn, a_client_that_is_refused_has_failed_and_says_why) {
  test::ScriptedServer server("HTTP/1.1 503 Service Unavailable\r\n\r\n");
  const LoadOptions load = against(server.port());
  const FxRatesDialect dialect(load);
  Churn churn(churn_of(load), dialect);
  run_until(churn, 3);
  EXPECT_EQ(churn.progress().completed.value(), 0u);
  EXPECT_THAT(churn.first_failure(), testing::HasSubstr("503"));
}

}  // namespace
}  // namespace wsf::load
