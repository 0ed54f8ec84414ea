#include "ws/query.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::ws {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Query, gives_all_values_of_a_parameter_in_order) {
  EXPECT_THAT(query_values("a=1&b=2&a=3", "a"), ElementsAre("1", "3"));
  EXPECT_THAT(query_values("a=1&b=2", "c"), IsEmpty());
  EXPECT_THAT(query_values("", "a"), IsEmpty());
  EXPECT_THAT(query_values(std::string_view("a=1&b=2").substr(0, 3), "b"), IsEmpty());
  EXPECT_THAT(query_values("aa=1&ba=2&A=3", "a"), IsEmpty());
}

TEST(Query, decodes_names_and_values) {
  EXPECT_THAT(query_values("assessment%49d=a%2Fb%20c", "assessmentId"), ElementsAre("a/b c"));
  EXPECT_THAT(query_values("a", "a"), ElementsAre(""));
  EXPECT_THAT(query_values("a==", "a"), ElementsAre("="));
}

TEST(Query, that_is_malformed_has_none) {
  EXPECT_THAT(query_values("a=%zz", "a"), IsEmpty());
  EXPECT_THAT(query_values("a=%2", "a"), IsEmpty());
}

}  // namespace
}  // namespace wsf::ws
