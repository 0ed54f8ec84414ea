#include "trace/export_verdict.hpp"

#include <gtest/gtest.h>

namespace wsf::trace {
namespace {

using Fate = ExportVerdict::Fate;
using namespace std::chrono_literals;

ExportVerdict of(HttpAnswer answer) {
  return judge({boost::system::in_place_value, std::move(answer)});
}

TEST(ExportVerdict, only_four_statuses_are_worth_another_try) {
  for (const int status : {429, 502, 503, 504}) EXPECT_EQ(of({.status = status}).fate, Fate::again) << status;
  for (const int status : {301, 400, 401, 404, 408, 413, 500, 501}) {
    EXPECT_EQ(of({.status = status}).fate, Fate::refused) << status;
  }
  EXPECT_EQ(of({.status = 200}).fate, Fate::taken);
}

TEST(ExportVerdict, no_answer_is_worth_another_try) {
  const ExportVerdict verdict = judge(base::Error{"connection refused"});
  EXPECT_EQ(verdict.fate, Fate::again);
  EXPECT_EQ(verdict.why, "connection refused");
}

TEST(ExportVerdict, the_collector_says_when_within_reason) {
  EXPECT_EQ(of({.status = 503, .retry_after = 7s}).not_before, 7s);
  EXPECT_EQ(of({.status = 503, .retry_after = 86'400s}).not_before, kLongestRetryAfter);
  EXPECT_EQ(of({.status = 503}).not_before, 0s);
}

TEST(ExportVerdict, what_it_remarks_is_one_line) {
  const std::string body = R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"a\nb"}})";
  EXPECT_EQ(of({.status = 200, .body = body}).rejected, 2u);
  EXPECT_EQ(of({.status = 200, .body = body}).why, "a b");
}

}  // namespace
}  // namespace wsf::trace
