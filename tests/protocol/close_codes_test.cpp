#include "protocol/close_codes.hpp"

#include <gtest/gtest.h>

namespace wsf::protocol {
namespace {

constexpr std::size_t kMaxReasonBytes = 123;  // 125 of a control frame, less the code

TEST(CloseTable, is_indexed_by_cause) {
  for (const CloseRow& row : kCloseTable) EXPECT_EQ(close_row(row.cause).reason, row.reason);
  EXPECT_EQ(close_row(CloseCause::gap).code, Close::gap);
}

TEST(CloseTable, every_row_can_be_sent) {
  for (const CloseRow& row : kCloseTable) {
    EXPECT_TRUE(sendable(number(row.code))) << row.reason;
    EXPECT_FALSE(row.reason.empty());
    EXPECT_LE(row.reason.size(), kMaxReasonBytes);
  }
}

TEST(CloseTable, reasons_are_those_that_clients_read) {
  EXPECT_EQ(close_row(CloseCause::bye).reason, "bye");
  EXPECT_EQ(close_row(CloseCause::heartbeat_timeout).reason, "heartbeat timeout");
  EXPECT_EQ(close_row(CloseCause::idle_timeout).reason, "idle timeout");
  EXPECT_EQ(close_row(CloseCause::too_many_errors).reason, "too many errors");
  EXPECT_EQ(close_row(CloseCause::user_connection_limit).reason, "connection limit per user");
  EXPECT_EQ(close_row(CloseCause::internal_error).reason, "internal error");
  EXPECT_EQ(close_row(CloseCause::service_restart).reason, "service restart");
  EXPECT_EQ(close_row(CloseCause::try_again_later).reason, "try again later");
  EXPECT_EQ(close_row(CloseCause::slow_consumer).reason, "slow consumer");
}

TEST(CloseTable, a_code_leads_to_its_first_row) {
  EXPECT_EQ(close_row(std::uint16_t{1007}).cause, CloseCause::invalid_utf8);
  EXPECT_EQ(close_row(std::uint16_t{1002}).cause, CloseCause::protocol_error);
  EXPECT_EQ(close_row(std::uint16_t{3999}).cause, CloseCause::protocol_error);
}

TEST(CloseTable, clients_mend_their_own_mistakes_before_they_come_back) {
  for (const int code : {1002, 1003, 1007, 1008, 1009})
    EXPECT_FALSE(may_reconnect(static_cast<std::uint16_t>(code))) << code;
  for (const int code : {1000, 1001, 1005, 1006, 1011, 1012, 1013, 4000, 4001, 4002, 4999}) {
    EXPECT_TRUE(may_reconnect(static_cast<std::uint16_t>(code))) << code;
  }
}

TEST(CloseCodes, a_frame_may_carry_registered_and_private_codes_only) {
  for (const int code :
       {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}) {
    EXPECT_TRUE(sendable(static_cast<std::uint16_t>(code))) << code;
  }
  for (const int code : {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65535}) {
    EXPECT_FALSE(sendable(static_cast<std::uint16_t>(code))) << code;
  }
}

}  // namespace
}  // namespace wsf::protocol
