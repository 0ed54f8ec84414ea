#include "base/timestamp.hpp"

#include <gtest/gtest.h>

namespace wsf::base {
namespace {

TEST(Timestamp, is_in_utc_with_milliseconds) {
  EXPECT_EQ(rfc3339(1'705'226'400'000), "2024-01-14T10:00:00.000Z");
  EXPECT_EQ(rfc3339(951'782'399'007), "2000-02-28T23:59:59.007Z");
  EXPECT_EQ(rfc3339(0), "1970-01-01T00:00:00.000Z");
}

}  // namespace
}  // namespace wsf::base
