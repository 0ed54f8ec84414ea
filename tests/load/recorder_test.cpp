#include "load/recorder.hpp"

#include "fakes/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
#include <sstream>
#include <vector>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;
using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

struct RecorderTest : ::testing::Test {
  ScratchFolder scratch;
  std::string path = scratch.file("out.ndjson");
  File file{std::fopen(path.c_str(), "w"), &std::fclose};
  std::vector<kafka::Record> three = std::vector<kafka::Record>(3);

  std::string written() const {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }
};

TEST_F(RecorderTest, what_came_can_be_read_at_once) {
  Recorder recorder(file.get(), 0);
  recorder.on_records(three);
  EXPECT_EQ(std::ranges::count(written(), '\n'), 3);
  EXPECT_EQ(recorder.records(), 3u);
  EXPECT_EQ(recorder.bytes(), written().size());
  EXPECT_FALSE(recorder.wait(0ms));
}

TEST_F(RecorderTest, the_limit_is_kept_within_a_batch_and_after_it) {
  Recorder recorder(file.get(), 2);
  recorder.on_records(three);
  recorder.on_records(three);
  EXPECT_EQ(recorder.records(), 2u);
  EXPECT_EQ(std::ranges::count(written(), '\n'), 2);
  EXPECT_TRUE(recorder.wait(0ms));
}

TEST_F(RecorderTest, a_file_that_cannot_be_written_ends_it) {
  const File full(std::fopen("/dev/full", "w"), &std::fclose);
  Recorder recorder(full.get(), 0);
  recorder.on_records(three);
  EXPECT_EQ(recorder.error(), ENOSPC);
  EXPECT_TRUE(recorder.wait(0ms));
}

TEST_F(RecorderTest, what_the_log_gave_up_is_counted) {
  Recorder recorder(file.get(), 0);
  recorder.on_loss({.first = 5, .next = 8});
  EXPECT_EQ(recorder.lost(), 3u);
}

TEST_F(RecorderTest, the_head_of_the_log_is_news_once) {
  Recorder recorder(file.get(), 0);
  EXPECT_FALSE(recorder.at_head());
  recorder.on_head();
  EXPECT_TRUE(recorder.at_head());
  EXPECT_FALSE(recorder.wait(0ms));
}

}  // namespace
}  // namespace wsf::load
