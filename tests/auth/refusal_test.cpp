#include "auth/refusal.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <string>

namespace wsf::auth {
namespace {

TEST(Refusal, each_has_a_name_of_its_own_fit_for_a_label_and_a_text) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kRefusals; ++i) {
    const auto refusal = static_cast<Refusal>(i);
    names.insert(name(refusal));
    for (const char c : name(refusal)) EXPECT_TRUE(std::islower(static_cast<unsigned char>(c)) || c == '_');
    EXPECT_FALSE(describe(refusal).empty());
  }
  EXPECT_EQ(names.size(), kRefusals);
}

TEST(Refusal, texts_stand_in_the_order_of_the_causes) {
  EXPECT_EQ(name(Refusal::missing), "missing");
  EXPECT_EQ(name(Refusal::bad_signature), "bad_signature");
  EXPECT_EQ(name(Refusal::no_expiry), "no_expiry");
  EXPECT_EQ(name(Refusal::wrong_audience), "wrong_audience");
}

}  // namespace
}  // namespace wsf::auth
