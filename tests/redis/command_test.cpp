#include "redis/command.hpp"

#include <gtest/gtest.h>

namespace wsf::redis {
namespace {

TEST(command, is_an_array_of_its_parts) {
  EXPECT_EQ(command({"PUBLISH", "ws:u1", "hello"}), "*3\r\n$7\r\nPUBLISH\r\n$5\r\nws:u1\r\n$5\r\nhello\r\n");
}

TEST(command, no_part_can_become_another_command) {
  EXPECT_EQ(command({"GET", "a\r\n*1\r\n$8\r\nFLUSHALL\r\n"}),
            "*2\r\n$3\r\nGET\r\n$21\r\na\r\n*1\r\n$8\r\nFLUSHALL\r\n\r\n");
}

TEST(command, parts_may_be_empty_and_hold_zeros) {
  EXPECT_EQ(command({"SET", std::string_view("\0k", 2), {}}),
            std::string("*3\r\n$3\r\nSET\r\n$2\r\n\0k\r\n$0\r\n\r\n", 27));
}

TEST(command, is_appended_to_those_before_it) {
  std::string bytes = command({"PING"});
  const std::string_view parts[] = {"QUIT"};
  append_command(bytes, parts);
  EXPECT_EQ(bytes, "*1\r\n$4\r\nPING\r\n*1\r\n$4\r\nQUIT\r\n");
}

}  // namespace
}  // namespace wsf::redis
