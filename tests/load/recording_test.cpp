#include "load/recording.hpp"

#include "base/exit_codes.hpp"
#include "fakes/scratch_folder.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace wsf::load {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

std::string line(std::int64_t timestamp_ms, std::string_view value, int partition = 0) {
  return fmt::format(R"({{"timestamp":{},"partition":{},"key":null,"value":"{}"}})"
                     "\n",
                     timestamp_ms, partition, value);
}

struct RecordingTest : ::testing::Test {
  ScratchFolder scratch;
  std::string path = scratch.file("x.ndjson");

  void write(const std::string& text) const { std::ofstream(path) << text; }
  Recording open() const { return Recording::open(path).value(); }
  std::string why() const {
    const auto recording = Recording::open(path);
    return recording ? "it is good" : recording.error().message;
  }
  static std::vector<std::string> values(const Recording& recording) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < recording.size(); i++) out.push_back(*recording.read(i).value);
    return out;
  }
};

TEST_F(RecordingTest, tells_the_distances_from_the_first_record) {
  write(line(1000, "a") + line(1000, "b") + line(2500, "c"));
  const Recording recording = open();
  EXPECT_EQ(recording.at(1), 0ms);
  EXPECT_EQ(recording.at(2), 1500ms);
  EXPECT_EQ(recording.length(), 1500ms);
}

TEST_F(RecordingTest, partitions_are_merged_by_time) {
  write(line(10, "a", 0) + line(30, "c", 0) + line(50, "e", 0) + line(20, "b", 1) + line(40, "d", 1));
  EXPECT_THAT(values(open()), ElementsAre("a", "b", "c", "d", "e"));
}

TEST_F(RecordingTest, a_partition_keeps_its_order_where_its_times_go_back) {
  write(line(10, "a", 0) + line(40, "b", 0) + line(15, "c", 0) + line(20, "d", 1));
  const Recording recording = open();
  EXPECT_THAT(values(recording), ElementsAre("a", "d", "b", "c"));
  EXPECT_EQ(recording.at(3), 30ms);
}

TEST_F(RecordingTest, a_line_of_several_reads_of_the_file_is_whole) {
  const std::string large(3'000'000, 'x');
  write(line(1, "a") + line(2, large) + line(3, "c"));
  EXPECT_THAT(values(open()), ElementsAre("a", large, "c"));
}

TEST_F(RecordingTest, a_foreign_file_is_refused_by_its_first_line) {
  write("%PDF-1.4\n...\n");
  EXPECT_EQ(why(), path + ":1: not JSON; a line of ratepub --record is expected");
}

TEST_F(RecordingTest, a_line_that_is_no_record_is_named_by_its_number) {
  write(line(1, "a") + "\n");
  EXPECT_EQ(why(), path + ":2: not JSON; a line of ratepub --record is expected");
}

TEST_F(RecordingTest, a_last_line_that_is_cut_off_is_told_as_such) {
  write(line(1, "a") + line(2, "b").substr(0, 30));
  EXPECT_EQ(why(), path + ":2: cut off; a line of ratepub --record is expected");
}

TEST_F(RecordingTest, a_last_line_that_only_lacks_its_end_is_a_line) {
  write(line(1, "a") + line(2, "b").substr(0, line(2, "b").size() - 1));
  EXPECT_EQ(open().size(), 2u);
}

TEST_F(RecordingTest, what_holds_nothing_or_cannot_be_read_is_refused) {
  write("");
  EXPECT_EQ(why(), path + " holds no records");
  EXPECT_EQ(Recording::open("/nonexistent").error().message, "cannot read /nonexistent: No such file or directory");
  EXPECT_EQ(Recording::open("/").error().message, "cannot replay /: only a regular file can be read at any place");
}

TEST_F(RecordingTest, a_file_that_changes_under_it_is_noticed) {
  write(line(1, "a") + line(2, "b"));
  const Recording recording = open();
  write(line(1, "a"));
  EXPECT_EQ(*recording.read(0).value, "a");
  EXPECT_THROW(recording.read(1), base::StartupError);
}

}  // namespace
}  // namespace wsf::load
