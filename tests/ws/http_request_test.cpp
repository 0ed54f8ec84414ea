#include "ws/http_request.hpp"

#include <gtest/gtest.h>

namespace wsf::ws {
namespace {

std::string traceparent_of(std::string_view lines) {
  return parse_request("GET / HTTP/1.1\r\nHost: x\r\n" + std::string(lines) + "\r\n").value().traceparent;
}

TEST(HttpRequest, a_traceparent_is_read_in_any_case_of_its_name) {
  EXPECT_EQ(traceparent_of("TraceParent: a\r\n"), "a");
}

TEST(HttpRequest, a_traceparent_that_stands_twice_or_more_is_none) {
  EXPECT_EQ(traceparent_of("traceparent: a\r\ntraceparent: b\r\n"), "");
  EXPECT_EQ(traceparent_of("traceparent: a\r\ntraceparent: b\r\ntraceparent: c\r\n"), "");
}

}  // namespace
}  // namespace wsf::ws
