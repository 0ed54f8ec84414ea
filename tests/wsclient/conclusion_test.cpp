#include "wsclient/conclusion.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using base::Exit;
using ::testing::HasSubstr;

ServerMessage update(std::int64_t offset, std::optional<std::int64_t> prev, std::uint32_t conflated = 0) {
  ServerMessage message;
  message.type = "rateUpdate";
  auto& update = message.update.emplace();
  update.pair = "EURUSD";
  const auto before = prev ? std::optional(base::Position(0, *prev)) : std::nullopt;
  update.meta = UpdateMeta{{0, offset}, before, std::nullopt, conflated};
  return message;
}

StreamCheck after(const std::vector<ServerMessage>& messages) {
  StreamCheck check;
  for (const auto& message : messages) check.take(message);
  return check;
}

TEST(conclusion, an_unbroken_chain_is_complete) {
  const auto check = after({update(1, std::nullopt), update(2, 1)});
  EXPECT_EQ(conclusion_line(check, 72'000), "complete: 2 updates of 1 pair in 1m12s without a hole, reconnects 0");
  EXPECT_EQ(exit_of(check), Exit::ok);
  EXPECT_THAT(conclusion_json(check), HasSubstr(R"("result":"complete","updates":2)"));
}

TEST(conclusion, counted_conflations_are_accounted_for) {
  const auto check = after({update(1, std::nullopt), update(9, 1, 3)});
  EXPECT_EQ(conclusion_line(check, std::nullopt),
            "accounted for: 2 updates of 1 pair, 1 hole: 1 conflated (3 updates), reconnects 0");
  EXPECT_EQ(exit_of(check), Exit::ok);
}

TEST(conclusion, a_loss_is_not) {
  const auto check = after({update(1, std::nullopt), update(9, 7), update(15, 9, 2)});
  EXPECT_EQ(
      conclusion_line(check, std::nullopt),
      "INCOMPLETE: 3 updates of 1 pair, 1 hole not accounted for: 1 conflated (2 updates), 1 lost, reconnects 0");
  EXPECT_EQ(exit_of(check), Exit::threshold_missed);
}

TEST(conclusion, without_updates_nothing_is_proved) {
  EXPECT_EQ(conclusion_line({}, std::nullopt), "nothing checked: no update was there");
  EXPECT_EQ(exit_of({}), Exit::runtime);
  auto plain = update(1, std::nullopt);
  plain.update->meta.reset();
  EXPECT_THAT(conclusion_line(after({plain}), std::nullopt), HasSubstr("1 update without \"meta\""));
}

}  // namespace
}  // namespace wsf::wsclient
