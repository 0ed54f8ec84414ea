#include "base/text_file.hpp"

#include "base/trimmed.hpp"
#include "fakes/scratch_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace wsf::base {
namespace {

class TextFile : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    const std::string path = folder.file("file");
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }

  ScratchFolder folder;
};

TEST_F(TextFile, is_read_whole_up_to_its_bound) {
  const std::string path = write(std::string("a\0b\n", 4));
  EXPECT_EQ(read_text_file(path, 4).value(), std::string("a\0b\n", 4));
  EXPECT_EQ(read_text_file(path, 3).error().message, "larger than 3 bytes");
  EXPECT_EQ(read_text_file(write(""), 3).value(), "");
}

TEST_F(TextFile, what_is_wrong_is_said_as_the_system_says_it) {
  EXPECT_EQ(read_text_file(folder.file("none"), 4).error().message, "No such file or directory");
  EXPECT_TRUE(read_text_file(folder.path(), 4).has_error());
}

TEST_F(TextFile, a_secret_is_its_owners_alone) {
  const std::string path = write("x");
  ::chmod(path.c_str(), 0600);
  EXPECT_FALSE(others_may_read(path));
  ::chmod(path.c_str(), 0640);
  EXPECT_TRUE(others_may_read(path));
  EXPECT_FALSE(others_may_read("/dev/null"));
}

TEST(Trimmed, takes_blanks_and_line_ends_off_both_ends) {
  EXPECT_EQ(trimmed(" a b\r\n", kBlanksAndLineEnds), "a b");
  EXPECT_EQ(trimmed(" \n", kBlanksAndLineEnds), "");
}

}  // namespace
}  // namespace wsf::base
