#include "trace/sampler.hpp"

#include <gtest/gtest.h>

namespace wsf::trace {
namespace {

const Context kParent{.trace = {1}, .span = {2}, .sampled = true};

RandomBits always(std::uint64_t bits) {
  return [bits] { return bits; };
}

TEST(Sampler, a_parents_flag_decides_whatever_the_ratio) {
  Context unsampled = kParent;
  unsampled.sampled = false;
  EXPECT_FALSE(Sampler(1).sample(unsampled));
  const auto child = Sampler(0).sample(kParent);
  ASSERT_TRUE(child);
  EXPECT_EQ(child->trace, kParent.trace);
  EXPECT_NE(child->span, kParent.span);
  EXPECT_TRUE(child->sampled);
}

TEST(Sampler, a_trace_that_begins_here_is_recorded_by_chance) {
  EXPECT_TRUE(Sampler(0.5, always(UINT64_MAX / 4)).sample(std::nullopt));
  EXPECT_FALSE(Sampler(0.5, always(UINT64_MAX / 4 * 3)).sample(std::nullopt));
}

TEST(Sampler, none_and_all_are_exact) {
  EXPECT_FALSE(Sampler(0, always(0)).sample(std::nullopt));
  EXPECT_TRUE(Sampler(1, always(UINT64_MAX)).sample(std::nullopt));
}

TEST(Sampler, no_id_is_all_zeros) {
  int calls = 0;
  Sampler sampler(1, [&calls] { return static_cast<std::uint64_t>(++calls > 4 ? 7 : 0); });
  const auto root = sampler.sample(std::nullopt);
  ASSERT_TRUE(root);
  EXPECT_NE(root->trace, TraceId{});
  EXPECT_NE(root->span, SpanId{});
}

TEST(Sampler, two_sources_give_different_ids) {
  EXPECT_NE(Sampler(1).sample(std::nullopt)->trace, Sampler(1).sample(std::nullopt)->trace);
}

}  // namespace
}  // namespace wsf::trace
