#include "load/server_counters.hpp"

#include "load/scripted_server.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

constexpr const char* kExposition =
    "# TYPE wsfanout_sessions gauge\nwsfanout_sessions 12\n# HELP wsfanout_subscriptions x\nwsfanout_subscriptions "
    "1.2e3\n";

TEST(ServerCounters, are_the_samples_not_their_descriptions) {
  EXPECT_EQ(parse_counters(kExposition), (ServerCounters{12, 1200}));
  EXPECT_EQ(parse_counters("\nwsfanout_sessions_limit 5\nwsfanout_subscriptions 3\n"), std::nullopt);
  EXPECT_EQ(parse_counters(""), std::nullopt);
}

TEST(ServerCounters, are_read_from_the_servers_port) {
  test::ScriptedServer server(std::string("HTTP/1.1 200 OK\r\n\r\n") + kExposition);
  const auto url = ws::parse_url("ws://127.0.0.1:" + std::to_string(server.port())).value();
  EXPECT_EQ(read_counters(url, {resolve("127.0.0.1", server.port()).value(), {}}), (ServerCounters{12, 1200}));
}

TEST(ServerCounters, of_another_server_are_none) {
  test::ScriptedServer server("HTTP/1.1 404 Not Found\r\n\r\n");
  const auto url = ws::parse_url("ws://127.0.0.1:" + std::to_string(server.port())).value();
  EXPECT_EQ(read_counters(url, {resolve("127.0.0.1", server.port()).value(), {}}), std::nullopt);
}

}  // namespace
}  // namespace wsf::load
