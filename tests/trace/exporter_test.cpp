#include "trace/exporter.hpp"

#include "fakes/remembering.hpp"
#include "trace/tracer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace wsf::trace {
namespace {

using namespace std::chrono_literals;

// Answers as a test has prepared; when that is used up, with 200.
class Collector : public Remembering {
 public:
  explicit Collector(std::vector<base::Result<HttpAnswer>> answers = {}) : answers_(std::move(answers)) {}

  Exporter::Post post() {
    return [this](const std::string& body, std::chrono::milliseconds, const std::atomic<bool>&) {
      base::Result<HttpAnswer> answer = HttpAnswer{.status = 200};
      note([&] {
        if (bodies_.size() < answers_.size()) answer = answers_[bodies_.size()];
        bodies_.push_back(body);
      });
      return answer;
    };
  }
  bool wait_for(std::size_t posts) {
    return wait([&] { return bodies_.size() >= posts; });
  }
  std::vector<std::string> bodies() const { return copy_of(bodies_); }

 private:
  std::vector<base::Result<HttpAnswer>> answers_;
  std::vector<std::string> bodies_;
};

HttpAnswer status(int code) {
  return {.status = code};
}

// Nobody waits long for company or between tries.
ExportTimes hasty() {
  return {.linger = 1ms, .retry = {1ms, 2ms}};
}

struct ExporterTest : testing::Test {
  void start(const ExportTimes& times = hasty(), std::vector<base::Result<HttpAnswer>> answers = {}) {
    collector.emplace(std::move(answers));
    tracer.emplace(Options{.url = "http://collector/v1/traces", .sample = 1}, collector->post(), times);
  }
  std::uint64_t dropped(Dropped cause) const { return tracer->counters().dropped[static_cast<std::size_t>(cause)]; }
  bool exported(std::uint64_t spans) {
    return becomes([&] { return tracer->counters().exported == spans; });
  }

  std::optional<Collector> collector;  // outlives the tracer
  std::optional<Tracer> tracer;
};

TEST_F(ExporterTest, a_full_batch_is_posted_without_waiting_for_more) {
  start({.linger = 1h});
  for (std::size_t i = 0; i < Exporter::kMaxBatchSpans; ++i) tracer->record({});
  EXPECT_TRUE(exported(Exporter::kMaxBatchSpans));
  EXPECT_EQ(collector->bodies().size(), 1u);
}

TEST_F(ExporterTest, a_few_are_posted_after_a_while) {
  start();
  tracer->record({});
  EXPECT_TRUE(exported(1));
}

TEST_F(ExporterTest, what_fails_for_the_moment_is_posted_again_to_the_letter) {
  start(hasty(), {status(503), base::Error{"connection refused"}});
  tracer->record({});
  ASSERT_TRUE(exported(1));
  const auto bodies = collector->bodies();
  ASSERT_EQ(bodies.size(), 3u);
  EXPECT_EQ(bodies[0], bodies[2]);
  EXPECT_EQ(tracer->counters().export_failures, 2u);
}

TEST_F(ExporterTest, what_is_refused_is_not_posted_again) {
  start(hasty(), {status(400)});
  tracer->record({});
  ASSERT_TRUE(becomes([&] { return dropped(Dropped::refused) == 1; }));
  tracer->record({});
  EXPECT_TRUE(exported(1));
  EXPECT_EQ(collector->bodies().size(), 2u);
}

TEST_F(ExporterTest, rejected_spans_count_as_refused_and_are_not_posted_again) {
  HttpAnswer partial = status(200);
  partial.body = R"({"partialSuccess":{"rejectedSpans":"1","errorMessage":"too old"}})";
  start(hasty(), {partial});
  tracer->record({});
  EXPECT_TRUE(becomes([&] { return dropped(Dropped::refused) == 1; }));
  EXPECT_EQ(collector->bodies().size(), 1u);
}

TEST_F(ExporterTest, after_some_tries_it_goes_on_with_the_next) {
  start(hasty(), std::vector<base::Result<HttpAnswer>>(Exporter::kMaxTries, status(502)));
  tracer->record({});
  ASSERT_TRUE(becomes([&] { return dropped(Dropped::undelivered) == 1; }));
  tracer->record({});
  EXPECT_TRUE(exported(1));
}

TEST_F(ExporterTest, what_comes_while_the_spool_is_full_is_dropped_and_counted) {
  start({.linger = 1ms, .retry = {1h, 1h}}, std::vector<base::Result<HttpAnswer>>(Exporter::kMaxTries, status(503)));
  tracer->record({});
  ASSERT_TRUE(collector->wait_for(1));
  for (std::size_t i = 0; i < Spool::kMaxSpans + 3; ++i) tracer->record({});
  EXPECT_EQ(dropped(Dropped::spool_full), 3u);
}

TEST_F(ExporterTest, what_is_left_at_the_end_is_posted) {
  start({.linger = 1h});
  tracer->record({});
  tracer.reset();
  EXPECT_EQ(collector->bodies().size(), 1u);
}

TEST_F(ExporterTest, the_end_does_not_wait_for_a_collector_that_is_down) {
  start({.linger = 1ms, .retry = {1h, 1h}}, {status(503), status(503)});
  tracer->record({});
  ASSERT_TRUE(collector->wait_for(1));
  tracer.reset();
  EXPECT_EQ(collector->bodies().size(), 2u);  // once more, and no waiting
}

TEST_F(ExporterTest, the_end_gives_up_a_post_that_hangs) {
  const auto hangs = [](const std::string&, std::chrono::milliseconds,
                        const std::atomic<bool>& give_up) -> base::Result<HttpAnswer> {
    becomes([&] { return give_up.load(); });
    return base::Error{"given up"};
  };
  tracer.emplace(Options{.url = "http://collector/", .sample = 1}, hangs, ExportTimes{.linger = 1ms, .flush = 1ms});
  tracer->record({});
  tracer.reset();
}

}  // namespace
}  // namespace wsf::trace
