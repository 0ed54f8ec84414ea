#include "fanout/door/socket_budget.hpp"

#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

TEST(SocketBudget, a_quarter_more_than_the_sessions_is_for_requests_within_bounds) {
  EXPECT_EQ(most_sockets(2), 2 + kLeastSpareSockets);
  EXPECT_EQ(most_sockets(10'000), 12'500u);
  EXPECT_EQ(most_sockets(1'000'000), 1'000'000 + kMostSpareSockets);
}

TEST(SocketBudget, what_fits_is_as_much_as_fits) {
  for (const std::uint64_t limit : {64u, 200u, 256u, 400u, 1'024u, 4'096u, 20'580u, 20'599u, 65'536u, 1'048'576u}) {
    const std::uint64_t own = 100;
    const std::uint64_t fits = sessions_that_fit(limit, own);
    EXPECT_GE(fits, 1u);
    EXPECT_TRUE(fits == 1 || most_sockets(fits) + own <= limit) << limit;
    EXPECT_TRUE(fits == 1 || most_sockets(fits + 5) + own > limit) << limit;
  }
}

TEST(SocketBudget, each_shard_and_the_admin_port_need_their_own) {
  Options options;
  const std::uint64_t one = own_descriptors(options, 1);
  EXPECT_GT(own_descriptors(options, 8), one);
  options.admin = ws::Endpoint{"127.0.0.1", 1};
  EXPECT_GT(own_descriptors(options, 1), one + 256);
  options.admin.reset();
  options.quotes.emplace().grpc_listen = GrpcListenOptions{.max_streams = 500};
  EXPECT_GT(own_descriptors(options, 1), one + 500);
}

}  // namespace
}  // namespace wsf::fanout
