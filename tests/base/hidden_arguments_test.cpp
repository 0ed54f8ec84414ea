#include "base/hidden_arguments.hpp"

#include <gtest/gtest.h>

namespace wsf::base {
namespace {

std::string shown(std::vector<std::string> arguments) {
  std::vector<char*> pointers;
  for (std::string& one : arguments) pointers.push_back(one.data());
  hide_secrets(pointers, {"--header"});
  std::string all;
  for (const std::string& one : arguments) all += (all.empty() ? "" : " ") + one;
  return all;
}

TEST(HiddenArguments, a_secret_flags_value_is_gone_in_both_forms) {
  EXPECT_EQ(shown({"prog", "--header", "X: abc", "--port", "1"}), "prog --header ****** --port 1");
  EXPECT_EQ(shown({"prog", "--header=X: abc"}), "prog --header=******");
  EXPECT_EQ(shown({"prog", "--headers", "x"}), "prog --headers x");
}

TEST(HiddenArguments, a_property_is_secret_by_its_name) {
  EXPECT_EQ(shown({"--kafka-conf", "sasl.password=a=b", "sasl.username=me"}),
            "--kafka-conf sasl.password=*** sasl.username=me");
  EXPECT_EQ(shown({"--kafka-conf=ssl.key.password=ab"}), "--kafka-conf=ssl.key.password=**");
  EXPECT_EQ(shown({"--token-file=here", "--jwt-secret-file", "there"}), "--token-file=here --jwt-secret-file there");
}

TEST(HiddenArguments, a_url_keeps_what_says_where_it_leads) {
  EXPECT_EQ(shown({"--url=ws://host:1/ws?token=ab&x=1"}), "--url=ws://host:1/ws?************");
  EXPECT_EQ(shown({"redis://me:pw@host:1/0"}), "redis://*****@host:1/0");
  EXPECT_EQ(shown({"ws://host/@x", "http://h", "a://"}), "ws://host/@x http://h a://");
}

}  // namespace
}  // namespace wsf::base
