#include "ws/kernel.hpp"

#include "ws/transient_error.hpp"
#include "ws/uring_kernel.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>
#include <vector>

namespace wsf::ws {
namespace {

struct Pair {
  Pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0); }
  ~Pair() {
    for (const int end : ends) {
      if (end >= 0) ::close(end);
    }
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;

  void end_peer() { ::close(std::exchange(ends[1], -1)); }
  std::string received() {
    std::string all(1 << 20, 0);
    const ssize_t got = ::recv(ends[1], all.data(), all.size(), MSG_DONTWAIT);
    all.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return all;
  }

  std::array<int, 2> ends{-1, -1};
};

iovec buffer_of(const std::string& text) {
  return {const_cast<char*>(text.data()), text.size()};
}

// What the two ways of sending have in common.
template <class Kind>
class Kernels : public testing::Test {
 protected:
  void SetUp() override {
    if (std::is_same_v<Kind, UringKernel> && !UringKernel::available()) GTEST_SKIP() << "no io_uring here";
  }
  Kind kernel;
};
using Kinds = testing::Types<EpollKernel, UringKernel>;
TYPED_TEST_SUITE(Kernels, Kinds);

TYPED_TEST(Kernels, a_batch_of_any_size_reaches_each_socket_in_order) {
  constexpr std::size_t kCount = 600;  // more than a ring holds
  std::vector<Pair> pairs(kCount);
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < kCount; ++i) texts.push_back("text " + std::to_string(i));
  std::vector<std::array<iovec, 3>> buffers(kCount);
  std::vector<Send> sends;
  for (std::size_t i = 0; i < kCount; ++i) {
    buffers[i].fill(buffer_of(texts[i]));
    sends.push_back({pairs[i].ends[0], {buffers[i].data(), i % 3 + 1}, 0, {}});
  }
  this->kernel.send_all(sends);
  for (std::size_t i = 0; i < kCount; ++i) {
    std::string expected;
    for (std::size_t k = 0; k <= i % 3; ++k) expected += texts[i];
    EXPECT_FALSE(sends[i].ec) << sends[i].ec.message();
    EXPECT_EQ(sends[i].taken, expected.size());
    EXPECT_EQ(pairs[i].received(), expected);
  }
}

TYPED_TEST(Kernels, a_full_socket_and_a_broken_one_are_told_apart_and_hinder_nobody) {
  std::vector<Pair> pairs(3);
  const std::string large(std::size_t{4} << 20, 'x');
  boost::system::error_code ec;
  const iovec filler = buffer_of(large);
  while (!ec) this->kernel.send(pairs[0].ends[0], {&filler, 1}, ec);
  pairs[1].end_peer();
  const std::string text = "text";
  const iovec buffer = buffer_of(text);
  std::vector<Send> sends;
  for (const Pair& pair : pairs) sends.push_back({pair.ends[0], {&buffer, 1}, 0, {}});
  this->kernel.send_all(sends);
  EXPECT_TRUE(would_block(sends[0].ec));
  EXPECT_EQ(sends[1].ec, boost::system::errc::broken_pipe);
  EXPECT_FALSE(sends[2].ec);
  EXPECT_EQ(pairs[2].received(), text);
}

TYPED_TEST(Kernels, a_socket_takes_a_part_when_it_has_room_for_a_part) {
  Pair pair;
  const std::string large(std::size_t{4} << 20, 'x');
  const iovec buffer = buffer_of(large);
  std::vector<Send> sends{{pair.ends[0], {&buffer, 1}, 0, {}}};
  this->kernel.send_all(sends);
  EXPECT_FALSE(sends[0].ec);
  EXPECT_GT(sends[0].taken, 0u);
  EXPECT_LT(sends[0].taken, large.size());
}

}  // namespace
}  // namespace wsf::ws
