#include "wsclient/token_file.hpp"

#include "fakes/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

namespace wsf::wsclient {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class token_file : public ::testing::Test {
 protected:
  void write(const std::string& text) {
    std::ofstream(path_) << text;
    ::chmod(path_.c_str(), 0600);
  }

  ScratchFolder scratch_;
  const std::string path_ = scratch_.file("token");
};

TEST_F(token_file, space_around_the_token_is_left_out) {
  write(" abc.def \n");
  EXPECT_EQ(*read_token(path_), "abc.def");
}

TEST_F(token_file, what_is_no_token_is_refused_without_repeating_it) {
  for (const std::string& text : {std::string("two words"), std::string("a\r\nX: y"), std::string(9000, 'x')}) {
    write(text);
    const auto token = read_token(path_);
    ASSERT_FALSE(token);
    EXPECT_THAT(token.error().message, HasSubstr("holds no token"));
    EXPECT_THAT(token.error().message, Not(HasSubstr("words")));
  }
}

TEST_F(token_file, an_empty_or_missing_file_is_named) {
  EXPECT_THAT(read_token(path_).error().message, HasSubstr("cannot read --token-file " + path_));
  write("\n");
  EXPECT_THAT(read_token(path_).error().message, HasSubstr("is empty"));
}

TEST_F(token_file, readable_by_others_is_worth_a_warning) {
  write("abc");
  EXPECT_EQ(token_file_warning(path_), std::nullopt);
  ::chmod(path_.c_str(), 0644);
  EXPECT_THAT(token_file_warning(path_).value_or(""), HasSubstr("chmod 600"));
}

}  // namespace
}  // namespace wsf::wsclient
