#include "stats/process.hpp"

#include "stats/exposition.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>

namespace wsf::stats {
namespace {

TEST(Process, the_kernel_tells_of_this_process) {
  const auto usage = process_usage();
  ASSERT_TRUE(usage);
  EXPECT_GT(usage->resident_bytes, 100'000u);
  EXPECT_GT(usage->virtual_bytes, usage->resident_bytes);
  EXPECT_GE(usage->threads, 1u);
  EXPECT_GE(usage->cpu_s, 0);
  EXPECT_NEAR(usage->start_time_s, static_cast<double>(std::time(nullptr)), 600);
}

TEST(Process, another_process_is_found_by_its_id) {
  ASSERT_TRUE(process_usage(::getpid()));
  EXPECT_EQ(process_usage(::getpid())->threads, process_usage()->threads);
}

TEST(Process, a_process_that_is_gone_has_no_usage) {
  EXPECT_FALSE(process_usage(1 << 30));
}

TEST(Process, the_usual_families_are_all_there) {
  Exposition exposition;
  append_process_metrics(exposition);
  for (const char* name :
       {"process_resident_memory_bytes", "process_virtual_memory_bytes", "process_cpu_seconds_total",
        "process_open_fds", "process_max_fds", "process_start_time_seconds", "process_threads"})
    EXPECT_THAT(exposition.text(), testing::HasSubstr(std::string("\n") + name + " ")) << name;
}

}  // namespace
}  // namespace wsf::stats
