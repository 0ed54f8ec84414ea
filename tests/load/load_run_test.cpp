#include "load/load_run.hpp"

#include "load/scripted_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace wsf::load {
namespace {

using test::ScriptedServer;
using namespace std::chrono_literals;
using Numbers = std::vector<std::uint32_t>;

const std::atomic<bool> kNotInterrupted{false};

LoadOptions listening(std::uint16_t port, std::uint32_t connections) {
  LoadOptions out;
  out.url = ws::parse_url("ws://127.0.0.1:" + std::to_string(port) + "/ws/fx-rates").value();
  out.route.target = resolve("127.0.0.1", port).value();
  out.connections = connections;
  out.pairs = {"EURUSD"};
  out.pairs_per_connection = 1;
  out.ramp_per_s = 0;
  out.warmup = 50ms;
  out.settle = 0ms;
  out.duration = 400ms;
  out.progress_fd = -1;
  return out;
}

// What arrived and what was lost must be what the server says it sent and held back, event by event.
void expect_exact_account(ScriptedServer& server, const Outcome& outcome, std::size_t connections) {
  std::uint64_t due = 0, sent = 0;
  for (std::size_t connection = 0; connection < connections; connection++) {
    const auto account = server.account(connection, outcome.window_from_ns, outcome.window_to_ns);
    due += account.due;
    sent += account.sent;
  }
  EXPECT_GT(due, 0u);
  EXPECT_EQ(outcome.delivery.expected, due);
  EXPECT_EQ(outcome.delivery.received, sent);
}

TEST(LoadRun, a_faithful_server_passes_with_full_reach) {
  ScriptedServer server(3, [](std::size_t, std::uint32_t seq) { return Numbers{seq}; });
  const Outcome outcome = LoadRun(listening(server.port(), 3)).run(kNotInterrupted);
  expect_exact_account(server, outcome, 3);
  EXPECT_EQ(outcome.delivery.lost(), 0u);
  EXPECT_EQ(outcome.connections.subscribed, 3u);
  EXPECT_GT(outcome.generator.read_wait.count, 0u);
  EXPECT_EQ(judge(outcome, default_expectations()).kind, Verdict::Kind::pass);
  EXPECT_EQ(server.first_subscription(), R"({"action":"subscribe","currencyPairs":["EURUSD"]})");
}

TEST(LoadRun, a_dropped_event_is_lost_on_the_connection_that_missed_it) {
  ScriptedServer server(3, [](std::size_t connection, std::uint32_t seq) {
    return connection == 1 && seq % 10 == 5 ? Numbers{} : Numbers{seq};
  });
  const Outcome outcome = LoadRun(listening(server.port(), 3)).run(kNotInterrupted);
  expect_exact_account(server, outcome, 3);
  EXPECT_GT(outcome.delivery.lost(), 0u);
  EXPECT_EQ(outcome.delivery.short_connections, 1u);
  EXPECT_EQ(outcome.delivery.worst_missing, outcome.delivery.lost());
  EXPECT_EQ(judge(outcome, default_expectations()).kind, Verdict::Kind::fail);
}

TEST(LoadRun, a_duplicate_counts_once_and_is_told) {
  ScriptedServer server(2, [](std::size_t connection, std::uint32_t seq) {
    return connection == 0 && seq % 10 == 7 ? Numbers{seq, seq} : Numbers{seq};
  });
  const Outcome outcome = LoadRun(listening(server.port(), 2)).run(kNotInterrupted);
  expect_exact_account(server, outcome, 2);
  EXPECT_EQ(outcome.delivery.lost(), 0u);
  EXPECT_GT(outcome.delivery.counts.duplicates, 0u);
}

TEST(LoadRun, a_reordered_event_arrives_but_is_told) {
  ScriptedServer server(2, [](std::size_t connection, std::uint32_t seq) {
    if (connection == 0 && seq % 10 == 3) return Numbers{};
    return connection == 0 && seq % 10 == 4 ? Numbers{seq, seq - 1} : Numbers{seq};
  });
  LoadOptions options = listening(server.port(), 2);
  const Outcome outcome = LoadRun(options).run(kNotInterrupted);
  EXPECT_GT(outcome.delivery.counts.late, 0u);
  EXPECT_EQ(outcome.delivery.counts.duplicates, 0u);
}

TEST(LoadRun, two_threads_count_as_one) {
  ScriptedServer server(5, [](std::size_t connection, std::uint32_t seq) {
    return connection == 4 && seq % 10 == 5 ? Numbers{} : Numbers{seq};
  });
  LoadOptions options = listening(server.port(), 5);
  options.threads = 2;
  const Outcome outcome = LoadRun(options).run(kNotInterrupted);
  expect_exact_account(server, outcome, 5);
  EXPECT_EQ(outcome.delivery.short_connections, 1u);
}

TEST(LoadRun, an_interrupt_ends_it_with_the_part_that_was_run) {
  ScriptedServer server(1, [](std::size_t, std::uint32_t seq) { return Numbers{seq}; });
  LoadOptions options = listening(server.port(), 1);
  options.duration = 60s;
  std::atomic<bool> interrupted{false};
  LoadRun run(options);
  std::thread stopper([&] {
    while (server.account(0, 0, std::numeric_limits<std::int64_t>::max()).due < 60) std::this_thread::yield();
    interrupted = true;
  });
  const Outcome outcome = run.run(interrupted);
  stopper.join();
  EXPECT_TRUE(outcome.interrupted);
  EXPECT_LT(outcome.window_s, 30);
}

TEST(LoadRun, a_server_that_dies_fails_with_the_connections_it_closed) {
  ScriptedServer server(3, [](std::size_t, std::uint32_t seq) { return Numbers{seq}; });
  server.die_at(30);
  LoadOptions options = listening(server.port(), 3);
  options.duration = 60s;
  const Outcome outcome = LoadRun(options).run(kNotInterrupted);
  EXPECT_TRUE(outcome.ended_by_server);
  EXPECT_LT(outcome.run_s, 30);
  EXPECT_EQ(outcome.connections.closed, 3u);
  EXPECT_EQ(outcome.connections.close_code, 1006);
  EXPECT_EQ(judge(outcome, default_expectations()).kind, Verdict::Kind::fail);
}

TEST(LoadRun, an_interrupted_ramp_shows_no_connect_times) {
  ScriptedServer server(1, [](std::size_t, std::uint32_t seq) { return Numbers{seq}; });
  const int progress = memfd_create("progress", MFD_CLOEXEC);
  LoadOptions options = listening(server.port(), 2);  // the second waits for its 101 in vain
  options.progress_fd = progress;
  std::atomic<bool> interrupted{false};
  LoadRun run(options);
  std::thread stopper([&] {
    while (server.account(0, 0, std::numeric_limits<std::int64_t>::max()).sent < 20) std::this_thread::yield();
    interrupted = true;
  });
  run.run(interrupted);
  stopper.join();
  char shown[200] = {};
  EXPECT_GT(pread(progress, shown, sizeof shown - 1, 0), 0);
  close(progress);
  EXPECT_THAT(shown, testing::StartsWith("ramp   1 of 2 in "));
  EXPECT_THAT(shown, testing::Not(testing::HasSubstr("connect")));
}

Outcome verified(ScriptedServer::Told told) {
  ScriptedServer server(2, [](std::size_t connection, std::uint32_t seq) {
    return connection == 1 && seq % 10 == 5 ? Numbers{} : Numbers{seq};
  });
  server.tell(told);
  LoadOptions options = listening(server.port(), 2);
  options.verify = true;
  return LoadRun(options).run(kNotInterrupted);
}

TEST(LoadRun, a_hole_that_the_server_tells_of_breaks_no_chain) {
  const Outcome outcome = verified(ScriptedServer::Told::conflated);
  ASSERT_TRUE(outcome.chains);
  EXPECT_GT(outcome.chains->conflated, 0u);
  EXPECT_EQ(outcome.chains->breaks, 0u);
  EXPECT_EQ(outcome.chains->without_meta, 0u);
}

TEST(LoadRun, a_hole_that_nobody_accounts_for_fails_a_verified_run) {
  for (const auto told : {ScriptedServer::Told::missing, ScriptedServer::Told::nothing}) {
    const Outcome outcome = verified(told);
    ASSERT_TRUE(outcome.chains);
    EXPECT_GT(outcome.chains->breaks, 0u);
    EXPECT_EQ(judge(outcome, {parse_expectation("reach>0%").value()}).kind, Verdict::Kind::fail);
  }
}

TEST(LoadRun, a_connection_that_does_not_read_counts_nowhere) {
  ScriptedServer server(3, [](std::size_t, std::uint32_t seq) { return Numbers{seq}; });
  LoadOptions options = listening(server.port(), 3);
  options.slow = 1;  // number 2
  const Outcome outcome = LoadRun(options).run(kNotInterrupted);
  expect_exact_account(server, outcome, 2);
  ASSERT_TRUE(outcome.stalled);
  EXPECT_EQ(outcome.stalled->stalled, 1u);
  EXPECT_EQ(outcome.stalled->closed_otherwise, 0u);
  EXPECT_EQ(judge(outcome, default_expectations()).kind, Verdict::Kind::pass);
}

base::StartupError failure_of(LoadOptions options) {
  try {
    LoadRun(std::move(options)).run(kNotInterrupted);
  } catch (const base::StartupError& error) {
    return error;
  }
  return {base::Exit::ok, "no error"};
}

TEST(LoadRun, a_server_that_refuses_is_told_from_one_that_is_none) {
  const auto failure = [](const std::string& answer) {
    ScriptedServer server(answer);
    return failure_of(listening(server.port(), 10));
  };
  EXPECT_EQ(failure("HTTP/1.1 403 Forbidden\r\n\r\n").code(), base::Exit::refused);
  EXPECT_EQ(failure("HTTP/1.1 404 Not Found\r\n\r\n").code(), base::Exit::cannot_connect);
  EXPECT_EQ(failure("SSH-2.0-OpenSSH\r\n").code(), base::Exit::cannot_connect);
  EXPECT_EQ(failure("").code(), base::Exit::cannot_connect);
}

TEST(LoadRun, nobody_listening_is_one_line_with_the_way_out) {
  std::uint16_t port = 0;
  {
    ScriptedServer server("");
    port = server.port();
  }
  const base::StartupError error = failure_of(listening(port, 10));
  EXPECT_EQ(error.code(), base::Exit::cannot_connect);
  EXPECT_THAT(error.what(), testing::HasSubstr("Connection refused"));
  EXPECT_THAT(error.what(), testing::HasSubstr("--url"));
}

}  // namespace
}  // namespace wsf::load
