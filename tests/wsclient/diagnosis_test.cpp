#include "wsclient/diagnosis.hpp"

#include "wsclient/http_get.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::wsclient {
namespace {

using State = Diagnosis::State;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(diagnosis, a_step_fills_the_width_and_ends_with_its_time) {
  const auto line = in_words({State::ok, "tcp", "203.0.113.7:80", 11'000}, 60, false);
  EXPECT_EQ(line, "ok    tcp           203.0.113.7:80                     11 ms");
  EXPECT_EQ(line.size(), 60u);
}

TEST(diagnosis, a_failure_has_a_hint_below) {
  const auto text = in_words({State::fail, "upgrade", "HTTP 403 Forbidden", 900, "try --origin"}, 80, false);
  EXPECT_THAT(text, HasSubstr("0.90 ms\n      hint: try --origin"));
}

TEST(diagnosis, colour_only_where_it_is_wanted) {
  const Diagnosis fail{State::fail, "tcp", "refused", 1};
  EXPECT_THAT(in_words(fail, 80, true), HasSubstr("\x1b[31mfail\x1b[0m"));
  EXPECT_THAT(in_words(fail, 80, false), Not(HasSubstr("\x1b")));
}

TEST(diagnosis, what_a_server_says_cannot_move_the_cursor) {
  EXPECT_THAT(in_words({State::note, "server", "a\x1b[2Jb", 1}, 80, false), HasSubstr("a?[2Jb"));
}

TEST(diagnosis, is_an_object_for_machines) {
  EXPECT_EQ(as_json({State::ok, "tcp", "\"x\"", 11'204}),
            R"({"step":"tcp","state":"ok","detail":"\"x\"","time_ms":11.204})");
  EXPECT_THAT(as_json({State::fail, "tcp", "x", 1, "do y"}), HasSubstr(R"("hint":"do y")"));
}

TEST(http_answer, has_a_status_and_a_body) {
  const auto answer = parse_http_answer("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy");
  EXPECT_EQ(answer.status, 503u);
  EXPECT_EQ(answer.body, "busy");
}

TEST(http_answer, what_is_no_http_has_no_status) {
  for (const char* raw : {"", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/1.", "HTTP/1.1 2"})
    EXPECT_EQ(parse_http_answer(raw).status, 0u) << raw;
}

}  // namespace
}  // namespace wsf::wsclient
