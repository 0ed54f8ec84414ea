#include "kafka/broker_file.hpp"

#include "base/exit_codes.hpp"
#include "fakes/scratch_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace wsf::kafka {
namespace {

namespace fs = std::filesystem;

struct BrokerFileTest : ::testing::Test {
  void write(const std::string& text) {
    fs::create_directory(folder);
    fs::permissions(folder, fs::perms::owner_all);
    std::ofstream(folder + "/broker.json") << text;
  }

  ScratchFolder scratch;
  std::string root = scratch.path();
  std::string folder = scratch.file("wsfanout");
};

pid_t pid_of_an_ended_process() {
  const pid_t pid = ::fork();
  if (pid == 0) ::_exit(0);
  ::waitpid(pid, nullptr, 0);
  return pid;
}

TEST_F(BrokerFileTest, a_published_broker_is_found_and_gone_afterwards) {
  {
    const PublishedBroker published("127.0.0.1:4242", "rates", folder);
    const auto found = find_broker(folder);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->brokers, "127.0.0.1:4242");
    EXPECT_EQ(found->topic, "rates");
    EXPECT_EQ(found->pid, ::getpid());
  }
  EXPECT_FALSE(find_broker(folder));
  EXPECT_FALSE(fs::exists(folder + "/broker.json"));
}

TEST_F(BrokerFileTest, the_folder_is_the_users_alone_and_holds_nothing_else) {
  const PublishedBroker published("127.0.0.1:4242", "rates", folder);
  EXPECT_EQ(fs::status(folder).permissions(), fs::perms::owner_all);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder), {}), 1);
}

TEST_F(BrokerFileTest, a_folder_that_is_open_to_others_is_neither_used_nor_believed) {
  write(R"({"brokers":"127.0.0.1:4242","topic":"rates","pid":)" + std::to_string(::getpid()) + "}");
  EXPECT_TRUE(find_broker(folder));
  fs::permissions(folder, fs::perms::all);
  EXPECT_FALSE(find_broker(folder));
  EXPECT_THROW(PublishedBroker("127.0.0.1:4242", "rates", folder), base::StartupError);
}

TEST_F(BrokerFileTest, a_link_in_place_of_the_folder_is_refused) {
  fs::create_directory(root + "/elsewhere");
  fs::permissions(root + "/elsewhere", fs::perms::owner_all);
  fs::create_directory_symlink(root + "/elsewhere", folder);
  EXPECT_THROW(PublishedBroker("127.0.0.1:4242", "rates", folder), base::StartupError);
}

TEST_F(BrokerFileTest, the_note_of_a_process_that_ended_counts_for_nothing) {
  write(R"({"brokers":"127.0.0.1:4242","topic":"rates","pid":)" + std::to_string(pid_of_an_ended_process()) + "}");
  EXPECT_FALSE(find_broker(folder));
}

TEST_F(BrokerFileTest, nonsense_counts_for_nothing) {
  for (const char* text : {"", "{", "[]", "{}", R"({"brokers":1,"topic":"t","pid":1})",
                           R"({"brokers":"b","topic":"t","pid":"1"})", R"({"brokers":"b","topic":"t","pid":-1})"}) {
    write(text);
    EXPECT_FALSE(find_broker(folder)) << text;
  }
}

TEST_F(BrokerFileTest, the_end_leaves_anothers_note_in_place) {
  {
    const PublishedBroker published("127.0.0.1:4242", "rates", folder);
    write(R"({"brokers":"127.0.0.1:1","topic":"rates","pid":1})");
  }
  EXPECT_TRUE(fs::exists(folder + "/broker.json"));
}

TEST_F(BrokerFileTest, a_note_of_another_running_process_is_left_alone) {
  write(R"({"brokers":"127.0.0.1:1","topic":"rates","pid":1})");
  {
    const PublishedBroker second("127.0.0.1:4242", "rates", folder);
    EXPECT_FALSE(second.published());
    EXPECT_EQ(find_broker(folder)->brokers, "127.0.0.1:1");
  }
  EXPECT_EQ(find_broker(folder)->brokers, "127.0.0.1:1");
}

TEST_F(BrokerFileTest, what_is_given_wins_over_an_embedded_broker_and_that_over_the_default) {
  EXPECT_EQ(resolve_brokers("", folder).brokers, "127.0.0.1:9092");
  const PublishedBroker published("127.0.0.1:4242", "rates", folder);
  EXPECT_EQ(resolve_brokers("", folder).brokers, "127.0.0.1:4242");
  EXPECT_EQ(resolve_brokers("kafka:9092", folder).brokers, "kafka:9092");
}

}  // namespace
}  // namespace wsf::kafka
