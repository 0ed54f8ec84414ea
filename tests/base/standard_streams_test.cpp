#include "base/standard_streams.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace wsf::base {
namespace {

bool same_file(int fd, const char* path) {
  struct stat a {};
  struct stat b {};
  return ::fstat(fd, &a) == 0 && ::stat(path, &b) == 0 && a.st_rdev == b.st_rdev && a.st_ino == b.st_ino;
}

TEST(StandardStreams, a_closed_one_leads_nowhere_and_an_open_one_stays) {
  EXPECT_EXIT(
      {
        ::close(STDIN_FILENO);
        occupy_standard_streams();
        const bool occupied = same_file(STDIN_FILENO, "/dev/null");
        ::_exit(occupied && ::open("/dev/zero", O_RDONLY) > STDERR_FILENO ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(StandardStreams, a_closed_one_whose_number_a_library_took_is_given_to_dev_null) {
  EXPECT_EXIT(
      {
        ::close(STDIN_FILENO);
        const bool taken = ::eventfd(0, 0) == STDIN_FILENO;
        occupy_standard_streams();
        ::_exit(taken && same_file(STDIN_FILENO, "/dev/null") && !same_file(STDERR_FILENO, "/dev/null") ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(StandardStreams, text_that_cannot_be_written_is_a_failure_of_any_size) {
  for (const std::size_t size : {std::size_t{10}, std::size_t{100'000}}) {
    EXPECT_EXIT(
        {
          ::dup2(::open("/dev/full", O_WRONLY), STDOUT_FILENO);
          ::_exit(print_out(std::string(size, 'x')) ? 0 : 1);
        },
        ::testing::ExitedWithCode(1), "");
  }
}

TEST(StandardStreams, an_error_line_that_cannot_be_written_is_no_error) {
  EXPECT_EXIT(
      {
        ::dup2(::open("/dev/full", O_WRONLY), STDERR_FILENO);
        tell("program", "line");
        ::_exit(7);
      },
      ::testing::ExitedWithCode(7), "");
}

}  // namespace
}  // namespace wsf::base
