#include "load/notify_dialect.hpp"

#include "base/exit_codes.hpp"
#include "load/client_tokens.hpp"
#include "load/tally.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

constexpr std::int64_t kStart_ns = 1'705'226'400'000'000'000;

LoadOptions four_of(std::uint32_t users) {
  LoadOptions out;
  out.protocol = LoadProtocol::notify;
  out.url = ws::parse_url("ws://127.0.0.1:8080/ws").value();
  out.connections = 4;
  out.users = users;
  out.jwt_secret = "a-secret-of-32-bytes-and-not-more";
  return out;
}

TEST(NotifyDialect, each_connection_is_a_user_of_its_own_unless_there_are_fewer) {
  EXPECT_EQ(NotifyDialect(four_of(0)).plan().keys, 4u);
  const NotifyDialect dialect(four_of(2));
  EXPECT_EQ(dialect.plan().subscribers_of_each_key(), (std::vector<std::uint64_t>{2, 2}));
  EXPECT_EQ(dialect.request_of(1, {}).url.target, dialect.request_of(3, {}).url.target);
  EXPECT_NE(dialect.request_of(0, {}).url.target, dialect.request_of(1, {}).url.target);
  EXPECT_EQ(dialect.topics(), (std::vector<std::string>{"ws:user-1", "ws:user-2"}));
}

TEST(NotifyDialect, a_token_says_whose_channel_it_is) {
  LoadOptions options = four_of(3);
  const std::vector<std::string> tokens = tokens_of(options, 3);
  EXPECT_EQ(users_of_tokens(tokens), (std::vector<std::string>{"user-1", "user-2", "user-3"}));
  options.tokens = {tokens[2]};
  EXPECT_EQ(NotifyDialect(options).name_of(0), "user-3");
  options.tokens = tokens;
  options.connections = 2;
  EXPECT_EQ(NotifyDialect(options).plan().keys, 2u);
  EXPECT_THROW(users_of_tokens({tokens[0], tokens[0]}), base::StartupError);
  EXPECT_THROW(users_of_tokens({"no.token.atall"}), base::StartupError);
}

TEST(NotifyDialect, finds_every_message_of_its_own_script) {
  const NotifyDialect dialect(four_of(0));
  std::vector<std::uint64_t> counts(4);
  std::size_t place = 0;
  const auto put = [&](const Outgoing& event) {
    const SeenEvent seen = dialect.event_of(event.text, place);
    EXPECT_TRUE(seen.mark && seen.key && seen.addressed) << event.text;
    EXPECT_EQ(*seen.key, event.topic);
    EXPECT_EQ(seen.mark->seq, ++counts[*seen.key]);
    return true;
  };
  const auto script = dialect.make_script({.rate_per_s = 10, .duration = std::chrono::seconds(1)}, put, kStart_ns);
  EXPECT_EQ(script->loop().step(std::chrono::seconds(2)), std::nullopt);
  EXPECT_EQ(counts, (std::vector<std::uint64_t>{3, 3, 2, 2}));
  EXPECT_EQ(script->due(std::chrono::milliseconds(100), std::chrono::seconds(9)),
            (std::vector<std::uint64_t>{2, 3, 2, 2}));
}

TEST(NotifyDialect, a_message_of_another_user_is_unexpected) {
  const NotifyDialect dialect(four_of(0));
  Window window;
  RunFilter filter("r");
  Tally tally(dialect, window, filter, {});
  tally.deliver(0, R"({"userId":"user-2","load":{"run":"r","seq":1,"due_ns":1}})", 1);
  tally.deliver(0, R"({"userId":"eve"})", 1);
  tally.deliver(0, R"({"text":"of nobody in particular"})", 1);
  EXPECT_EQ(tally.counts().unexpected, 2u);
  EXPECT_EQ(tally.counts().unmarked, 1u);
}

}  // namespace
}  // namespace wsf::load
