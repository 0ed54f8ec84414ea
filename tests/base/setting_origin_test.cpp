#include "base/setting_origin.hpp"

#include "base/settings.hpp"
#include "fakes/scratch_folder.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace wsf::base {
namespace {

struct SettingOrigin : ::testing::Test {
  base::Settings settings{"tool", "A tool.", "WSF_SOURCE_TEST"};
  std::string speed = "usual";
  ScratchFolder scratch;
  std::string file = scratch.file("tool.conf");

  SettingOrigin() { settings.add("--speed", speed, "how fast"); }
  ~SettingOrigin() override { unsetenv("WSF_SOURCE_TEST_SPEED"); }
  void parse(std::vector<const char*> arguments) {
    arguments.insert(arguments.begin(), "tool");
    ASSERT_EQ(settings.parse(static_cast<int>(arguments.size()), arguments.data()), std::nullopt);
  }
  Source source() const { return settings.chosen_by("speed"); }
};

TEST_F(SettingOrigin, is_weaker_the_farther_it_is_from_the_command_line) {
  EXPECT_LT(Source::unset, Source::file);
  EXPECT_LT(Source::file, Source::environment);
  EXPECT_LT(Source::environment, Source::flag);
}

TEST_F(SettingOrigin, a_flag_is_named_as_a_flag_even_with_the_default_value) {
  parse({"--speed", "usual"});
  EXPECT_EQ(source(), Source::flag);
  EXPECT_EQ(settings.named("speed"), "--speed");
}

TEST_F(SettingOrigin, a_variable_is_named_as_it_is_set) {
  setenv("WSF_SOURCE_TEST_SPEED", "fast", 1);
  parse({});
  EXPECT_EQ(source(), Source::environment);
  EXPECT_EQ(settings.named("speed"), "WSF_SOURCE_TEST_SPEED");
}

TEST_F(SettingOrigin, a_line_of_a_file_is_named_by_its_number) {
  std::ofstream(file) << "\nspeed = fast\n";
  parse({"--config", file.c_str()});
  EXPECT_EQ(source(), Source::file);
  EXPECT_EQ(settings.named("speed"), file + ":2: speed");
}

TEST_F(SettingOrigin, a_file_that_repeats_the_default_chooses_nothing) {
  std::ofstream(file) << "speed = usual\n";
  parse({"--config", file.c_str()});
  EXPECT_EQ(source(), Source::unset);
}

TEST_F(SettingOrigin, what_nobody_sets_is_unset) {
  parse({});
  EXPECT_EQ(source(), Source::unset);
}

}  // namespace
}  // namespace wsf::base
