#include "load/event_mark.hpp"

#include "load/rate_walk.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

TEST(EventMark, is_found_in_what_the_publisher_writes) {
  std::string event;
  append_event(event, "EURUSD", {108523, 108518, 108528, 5}, "id", 1700000000000, {"run-1", 42, 1700000000123456789});
  const std::string message = R"({"type":"rateUpdate","event":)" + event + "}";  // the mark is a view into it
  const auto mark = find_mark(message);
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->run, "run-1");
  EXPECT_EQ(mark->seq, 42u);
  EXPECT_EQ(mark->due_ns, 1700000000123456789);
}

TEST(EventMark, is_absent_from_events_of_others) {
  EXPECT_FALSE(find_mark(R"({"type":"rateUpdate","event":{"fxRate":{"currencyPair":"EURUSD","rate":1.1}}})"));
  EXPECT_FALSE(find_mark(""));
}

TEST(EventMark, is_not_taken_from_a_broken_one) {
  EXPECT_FALSE(find_mark(R"({"currencyPair":"EURUSD","load":{"run":"r","seq":x,"due_ns":1}})"));
  EXPECT_FALSE(find_mark(R"({"currencyPair":"EURUSD","load":{"run":"r","seq":1}})"));
}

TEST(EventMark, a_value_is_found_where_it_stood_before_and_elsewhere) {
  std::size_t place = 0;
  EXPECT_EQ(find_value(R"({"a":"1","b":"2"})", R"("b":")", place), "2");
  EXPECT_EQ(find_value(R"({"c":"1","b":"3"})", R"("b":")", place), "3");
  EXPECT_EQ(find_value(R"({"b":"4"})", R"("b":")", place), "4");
  EXPECT_EQ(find_value("{}", R"("b":")", place), "");
}

}  // namespace
}  // namespace wsf::load
