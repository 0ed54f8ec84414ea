#include "base/settings.hpp"

#include "fakes/scratch_folder.hpp"

#include <CLI/CLI.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

namespace wsf::base {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A program with one flag of each kind, run with a given command line, environment and file.
class SettingsTest : public testing::Test {
 protected:
  SettingsTest() {
    settings.add("--host", host, "Address").env("SEED_HOST").env("OLD_HOST");
    settings.add("--port", port, "Port");
    settings.add("--heartbeat", heartbeat, "Time between pings").range(0.1, 3600);
    settings.add("--embedded", embedded, "Start a broker");
    settings.add("--origins", origins, "Origins");
    settings.add_raw_list("--kafka-conf", kafka_conf, "Property");
    settings.add("-c,--count", count, "End after N");
    settings.add("--key", key, "A secret").secret();
    settings.app().add_subcommand("subscribe", "Show updates")->add_option("PAIR", pairs, "Pairs");
    settings.app().add_subcommand("ping", "Measure");
  }

  ~SettingsTest() override {
    for (const std::string& name : set_names) ::unsetenv(name.c_str());
  }

  void environment(const std::string& name, const std::string& value) {
    ::setenv(name.c_str(), value.c_str(), 1);
    set_names.push_back(name);
  }

  void file(const std::string& text) {
    std::ofstream(path) << text;
    environment("PROG_CONFIG", path);
  }

  std::optional<int> run(std::vector<std::string> arguments) {
    std::vector<const char*> argv{"prog"};
    for (const std::string& argument : arguments) argv.push_back(argument.c_str());
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const auto code = settings.parse(static_cast<int>(argv.size()), argv.data());
    out = testing::internal::GetCapturedStdout();
    error = testing::internal::GetCapturedStderr();
    return code;
  }

  Settings settings{"prog", "Tries out settings.", "PROG"};
  std::string host = "0.0.0.0";
  std::uint16_t port = 8082;
  Duration heartbeat{std::chrono::seconds(30)};
  bool embedded = false;
  std::vector<std::string> origins{"*"};
  std::vector<std::string> kafka_conf;
  std::optional<std::uint64_t> count;
  std::string key;
  std::vector<std::string> pairs;

  ScratchFolder scratch;
  std::string path = scratch.file("prog.conf");
  std::string out;
  std::string error;
  std::vector<std::string> set_names;
};

TEST_F(SettingsTest, without_anything_the_defaults_hold) {
  EXPECT_EQ(run({}), std::nullopt);
  EXPECT_EQ(port, 8082);
  EXPECT_EQ(to_text(settings.origin("--port")), "default");
  EXPECT_TRUE(settings.is_default("port"));
  EXPECT_EQ(error, "");
}

TEST_F(SettingsTest, flag_beats_environment_beats_file_beats_default) {
  file("port = 1\nhost = file\nheartbeat = 1s\n");
  environment("PROG_PORT", "2");
  environment("PROG_HOST", "environment");
  EXPECT_EQ(run({"--port", "3"}), std::nullopt) << error;
  EXPECT_EQ(port, 3);
  EXPECT_EQ(host, "environment");
  EXPECT_EQ(heartbeat.value, std::chrono::seconds(1));
  EXPECT_EQ(to_text(settings.origin("port")), "flag");
  EXPECT_EQ(to_text(settings.origin("host")), "environment PROG_HOST");
  EXPECT_EQ(to_text(settings.origin("heartbeat")), "file " + path + ":3");
}

TEST_F(SettingsTest, the_own_environment_name_beats_the_seeds_in_their_order) {
  environment("OLD_HOST", "old");
  EXPECT_EQ(run({}), std::nullopt);
  EXPECT_EQ(host, "old");
}

TEST_F(SettingsTest, an_earlier_environment_name_wins) {
  environment("OLD_HOST", "old");
  environment("SEED_HOST", "seed");
  EXPECT_EQ(run({}), std::nullopt);
  EXPECT_EQ(to_text(settings.origin("host")), "environment SEED_HOST");
}

TEST_F(SettingsTest, the_prefixed_environment_name_wins_over_all) {
  environment("SEED_HOST", "seed");
  environment("PROG_HOST", "own");
  EXPECT_EQ(run({}), std::nullopt);
  EXPECT_EQ(host, "own");
}

TEST_F(SettingsTest, an_empty_environment_value_counts_as_unset) {
  environment("PROG_PORT", "");
  EXPECT_EQ(run({}), std::nullopt);
  EXPECT_EQ(to_text(settings.origin("port")), "default");
}

TEST_F(SettingsTest, what_kubernetes_puts_into_a_pod_is_ignored) {
  environment("PROG_PORT", "tcp://10.0.0.1:8082");
  environment("PROG_SERVICE_HOST", "10.0.0.1");
  environment("PROG_PORT_8082_TCP_ADDR", "10.0.0.1");
  EXPECT_EQ(run({}), std::nullopt);
  EXPECT_EQ(port, 8082);
  EXPECT_EQ(error, "");
}

TEST_F(SettingsTest, a_switch_needs_no_value) {
  EXPECT_EQ(run({"--embedded"}), std::nullopt);
  EXPECT_TRUE(embedded);
}

TEST_F(SettingsTest, a_switch_can_be_taken_back_by_the_stronger_source) {
  environment("PROG_EMBEDDED", "yes");
  EXPECT_EQ(run({"--embedded=false"}), std::nullopt) << error;
  EXPECT_FALSE(embedded);
}

TEST_F(SettingsTest, lists_are_repeatable_and_split_at_commas) {
  EXPECT_EQ(run({"--origins", "a,b", "--origins=c", "--kafka-conf", "x=1,2", "--kafka-conf", "y=3"}), std::nullopt);
  EXPECT_EQ(origins, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(kafka_conf, (std::vector<std::string>{"x=1,2", "y=3"}));
}

TEST_F(SettingsTest, a_list_may_stand_on_several_lines_of_the_file) {
  file("kafka-conf = a=1\nkafka-conf = b=2\n");
  EXPECT_EQ(run({}), std::nullopt) << error;
  EXPECT_EQ(kafka_conf, (std::vector<std::string>{"a=1", "b=2"}));
}

TEST_F(SettingsTest, of_a_flag_given_twice_the_last_counts) {
  EXPECT_EQ(run({"--port", "1", "--port", "2"}), std::nullopt) << error;
  EXPECT_EQ(port, 2);
}

TEST_F(SettingsTest, common_flags_work_before_and_after_a_sub_command) {
  EXPECT_EQ(run({"--port", "1", "subscribe", "EURUSD", "--host", "h", "GBPUSD", "-c", "3"}), std::nullopt) << error;
  EXPECT_EQ(port, 1);
  EXPECT_EQ(host, "h");
  EXPECT_EQ(count, 3u);
  EXPECT_EQ(pairs, (std::vector<std::string>{"EURUSD", "GBPUSD"}));
}

TEST_F(SettingsTest, a_bad_value_is_told_with_its_flag) {
  EXPECT_EQ(run({"--heartbeat", "abc"}), 2);
  EXPECT_EQ(error, "prog: --heartbeat: \"abc\" is not a duration (try 30s, 250ms, 5m)\n");
}

TEST_F(SettingsTest, a_bad_value_is_told_with_its_environment_name) {
  environment("PROG_PORT", "x");
  EXPECT_EQ(run({}), 2);
  EXPECT_THAT(error, StartsWith("prog: PROG_PORT: \"x\""));
}

TEST_F(SettingsTest, a_bad_value_is_told_with_its_line_in_the_file) {
  file("\nport = x\n");
  EXPECT_EQ(run({}), 2);
  EXPECT_THAT(error, StartsWith("prog: " + path + ":2: port: \"x\""));
}

TEST_F(SettingsTest, a_secret_never_stands_in_an_error) {
  settings.add("--number", port, "A secret number").secret();
  EXPECT_EQ(run({"--number", "hunter2"}), 2);
  EXPECT_EQ(error, "prog: --number: the value has not the right form\n");
}

TEST_F(SettingsTest, an_unknown_flag_suggests_the_nearest) {
  EXPECT_EQ(run({"--hearbeat", "3s"}), 2);
  EXPECT_EQ(error, "prog: unknown flag --hearbeat (did you mean --heartbeat?); see prog --help\n");
}

TEST_F(SettingsTest, an_unknown_flag_after_a_sub_command_is_refused_too) {
  EXPECT_EQ(run({"subscribe", "EURUSD", "--hots=x"}), 2);
  EXPECT_EQ(error, "prog: unknown flag --hots (did you mean --host?); see prog --help\n");
}

TEST_F(SettingsTest, an_unknown_command_suggests_the_nearest) {
  EXPECT_EQ(run({"subscrib"}), 2);
  EXPECT_EQ(error, "prog: unknown command \"subscrib\" (did you mean subscribe?); see prog --help\n");
}

TEST_F(SettingsTest, a_flag_without_its_value_is_refused) {
  EXPECT_EQ(run({"--port"}), 2);
  EXPECT_EQ(error, "prog: --port needs a value; see prog --help\n");
}

TEST_F(SettingsTest, a_flag_does_not_take_the_next_flag_as_its_value) {
  EXPECT_EQ(run({"--host", "--port", "3"}), 2);
  EXPECT_EQ(error, "prog: --host needs a value, but --port follows it; see prog --help\n");
}

TEST_F(SettingsTest, nothing_after_the_equals_sign_is_refused) {
  EXPECT_EQ(run({"--host=", "--port", "3"}), 2);
  EXPECT_EQ(error, "prog: --host= needs a value after =; see prog --help\n");
}

TEST_F(SettingsTest, an_unknown_name_in_the_file_is_refused_with_the_nearest) {
  file("port = 1\nhearbeat = 3s\n");
  EXPECT_EQ(run({}), 2);
  EXPECT_EQ(error, "prog: " + path + ":2: unknown name \"hearbeat\" (did you mean heartbeat?)\n");
}

TEST_F(SettingsTest, a_name_set_twice_in_the_file_is_refused) {
  file("port = 1\nport = 2\n");
  EXPECT_EQ(run({}), 2);
  EXPECT_EQ(error, "prog: " + path + ":2: port is set twice (first at " + path + ":1)\n");
}

TEST_F(SettingsTest, a_command_line_flag_in_the_file_is_refused) {
  file("print-config = true\n");
  EXPECT_EQ(run({}), 2);
  EXPECT_EQ(error, "prog: " + path + ":1: print-config belongs on the command line only\n");
}

TEST_F(SettingsTest, a_missing_file_is_refused) {
  EXPECT_EQ(run({"--config", "/nonexistent"}), 2);
  EXPECT_EQ(error, "prog: cannot read /nonexistent: No such file or directory\n");
}

TEST_F(SettingsTest, an_unknown_environment_name_is_warned_of) {
  environment("PROG_PROT", "1");
  EXPECT_EQ(run({}), std::nullopt);
  EXPECT_EQ(error, "prog: warning: nothing reads PROG_PROT from the environment (did you mean PROG_PORT?)\n");
}

TEST_F(SettingsTest, check_config_says_ok_or_what_is_wrong) {
  EXPECT_EQ(run({"--check-config"}), 0);
  EXPECT_EQ(out, "configuration ok\n");
}

TEST_F(SettingsTest, a_rule_over_several_settings_is_part_of_the_check) {
  settings.rule([this]() -> std::optional<std::string> {
    if (port == 0 && embedded) return "--port 0 does not go with --embedded";
    return std::nullopt;
  });
  EXPECT_EQ(run({"--check-config", "--port", "0", "--embedded"}), 2);
  EXPECT_EQ(error, "prog: --port 0 does not go with --embedded\n");
}

TEST_F(SettingsTest, of_two_that_exclude_each_other_the_stronger_counts) {
  settings.exclusive("embedded", "host");
  environment("PROG_HOST", "elsewhere");
  EXPECT_EQ(run({"--embedded"}), std::nullopt) << error;
  EXPECT_TRUE(embedded);
  EXPECT_EQ(host, "0.0.0.0");
  EXPECT_TRUE(settings.is_default("host"));
}

TEST_F(SettingsTest, of_equal_strength_they_are_refused) {
  settings.exclusive("embedded", "host");
  file("embedded = true\n\nhost = elsewhere\n");
  EXPECT_EQ(run({}), 2);
  EXPECT_EQ(error, "prog: " + path + ":1: embedded and " + path + ":3: host exclude each other\n");
}

TEST_F(SettingsTest, what_asks_for_nothing_excludes_nothing) {
  settings.exclusive("embedded", "host");
  settings.exclusive("key", "host");
  file("host = elsewhere\nport = 8082\n");
  EXPECT_EQ(run({"--embedded=false", "--key", ""}), std::nullopt) << error;
  EXPECT_EQ(host, "elsewhere");
}

TEST_F(SettingsTest, what_has_given_way_excludes_nothing) {
  settings.exclusive("embedded", "host");
  settings.exclusive("embedded", "port");
  settings.exclusive("host", "port");
  file("host = elsewhere\nport = 1\n");
  EXPECT_EQ(run({"--embedded"}), std::nullopt) << error;
}

TEST_F(SettingsTest, what_gives_way_is_printed_as_a_comment) {
  settings.exclusive("embedded", "host");
  environment("PROG_HOST", "elsewhere");
  EXPECT_EQ(run({"--embedded", "--print-config"}), 0);
  EXPECT_THAT(out, HasSubstr("# host = elsewhere  # environment PROG_HOST, gives way to --embedded\n"));
}

TEST_F(SettingsTest, a_configuration_that_a_rule_refuses_is_printed_and_refused) {
  settings.rule([] { return std::optional<std::string>("this will not do"); });
  EXPECT_EQ(run({"--port", "7", "--print-config"}), 2);
  EXPECT_THAT(out, HasSubstr("port = 7"));
  EXPECT_EQ(error, "prog: this will not do\n");
}

TEST_F(SettingsTest, print_config_tells_each_value_with_its_origin) {
  environment("PROG_HOST", "h");
  EXPECT_EQ(run({"--print-config", "--port", "1"}), 0);
  EXPECT_THAT(out, HasSubstr("port = 1"));
  EXPECT_THAT(out, HasSubstr("# flag\n"));
  EXPECT_THAT(out, HasSubstr("# environment PROG_HOST\n"));
  EXPECT_THAT(out, HasSubstr("# count ="));
}

TEST_F(SettingsTest, print_config_masks_secrets) {
  EXPECT_EQ(run({"--print-config", "--key", "hunter2", "--kafka-conf", "sasl.password=hunter2"}), 0);
  EXPECT_EQ(out.find("hunter2"), std::string::npos) << out;
  EXPECT_THAT(out, HasSubstr("# kafka-conf = sasl.password=***"));
}

TEST_F(SettingsTest, what_print_config_prints_is_a_file_with_the_same_values) {
  EXPECT_EQ(run({"--print-config", "--host", " # odd\"\n\\n", "--heartbeat", "1500ms", "--origins", "a,b",
                 "--kafka-conf", "a=1,2", "-c", "9"}),
            0);
  const std::string printed = out;
  file(printed);
  std::string host2;
  std::vector<std::string> kafka_conf2;
  Settings other("other", "", "PROG");
  other.add("--host", host2, "");
  other.add("--port", port, "");
  other.add("--heartbeat", heartbeat, "");
  other.add("--embedded", embedded, "");
  other.add("--origins", origins, "");
  other.add_raw_list("--kafka-conf", kafka_conf2, "");
  other.add("--count", count, "");
  other.add("--key", key, "").secret();
  const char* argv[] = {"other"};
  EXPECT_EQ(other.parse(1, argv), std::nullopt);
  EXPECT_EQ(host2, " # odd\"\n\\n");
  EXPECT_EQ(kafka_conf2, (std::vector<std::string>{"a=1,2"}));
  EXPECT_EQ(heartbeat.value, std::chrono::milliseconds(1500));
}

TEST_F(SettingsTest, help_names_default_and_environment_of_each_flag) {
  EXPECT_EQ(run({"--help"}), 0);
  EXPECT_THAT(out, HasSubstr("--port N"));
  EXPECT_THAT(out, HasSubstr("[default 8082; PROG_PORT]"));
  EXPECT_THAT(out, HasSubstr("-c, --count N"));
  EXPECT_THAT(out, HasSubstr("SEED_HOST"));
}

TEST_F(SettingsTest, help_of_a_sub_command_shows_its_arguments) {
  EXPECT_EQ(run({"subscribe", "--help"}), 0);
  EXPECT_THAT(out, HasSubstr("Usage: prog subscribe [OPTIONS] [PAIR...]"));
}

TEST_F(SettingsTest, version_names_program_and_libraries) {
  settings.linked("librdkafka 2.0.2");
  EXPECT_EQ(run({"--version"}), 0);
  EXPECT_EQ(out, "prog " WSF_VERSION "\nlibrdkafka 2.0.2\n");
}

TEST_F(SettingsTest, an_odd_log_level_is_refused) {
  EXPECT_EQ(run({"--log-level", "loud"}), 2);
  EXPECT_THAT(error, StartsWith("prog: --log-level: \"loud\" is none of trace, debug"));
}

}  // namespace
}  // namespace wsf::base
