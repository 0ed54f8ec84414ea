#include "kafka/epoch_note.hpp"

#include <gtest/gtest.h>

namespace wsf::kafka {
namespace {

TEST(EpochNote, is_read_back) {
  for (const std::int32_t epoch : {0, 1, 42, 2'147'483'646}) EXPECT_EQ(epoch_in(epoch_note(epoch)), epoch);
}

TEST(EpochNote, metadata_of_other_tools_names_no_epoch) {
  for (const char* metadata :
       {"", " ", "epoch=3", "AgAAAYvN", "wsfanout", "wsfanout epoch=", "wsfanout epoch=3 ", "wsfanout epoch=-3",
        "wsfanout epoch=3x", "wsfanout epoch= 3", "wsfanout epoch=99999999999", "wsfanout epoch=2147483647",
        "WSFANOUT EPOCH=3", "{\"epoch\":3}", "\xff\xfe"}) {
    EXPECT_EQ(epoch_in(metadata), 0) << metadata;
  }
  EXPECT_EQ(epoch_in(std::string_view("wsfanout epoch=3\0", 17)), 0);
}

TEST(EpochNote, the_log_of_a_commit_within_it_is_that_of_the_commit) {
  EXPECT_EQ(epoch_by_commit(10, epoch_note(2), 10), 2);
  EXPECT_EQ(epoch_by_commit(10, epoch_note(2), 99), 2);
}

TEST(EpochNote, a_log_that_ends_below_the_commit_is_the_next_one) {
  EXPECT_EQ(epoch_by_commit(10, epoch_note(2), 9), 3);
  EXPECT_EQ(epoch_by_commit(10, "of another tool", 9), 1);
}

TEST(EpochNote, without_a_commit_a_log_is_the_first) {
  EXPECT_EQ(epoch_by_commit(-1001, "", 0), 0);
}

}  // namespace
}  // namespace wsf::kafka
