#include "auth/api_keys.hpp"

#include <gtest/gtest.h>

namespace wsf::auth {
namespace {

constexpr const char* kAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";  // of "abc": FIPS 180-4

std::string line(const std::string& hash, const std::string& more) {
  return R"({"sha256":")" + hash + "\"," + more + "}\n";
}

TEST(ApiKeys, a_key_is_found_by_its_hash_alone) {
  const ApiKeys keys = ApiKeys::parse("# desks\n\n" + line(kAbc, R"("sub":"desk-7","pairs":["EUR*"])")).value();
  const auto found = keys.find("abc");
  ASSERT_TRUE(std::holds_alternative<Grant>(found));
  EXPECT_EQ(std::get<Grant>(found).user, "desk-7");
  EXPECT_TRUE(keys.hold(std::get<Grant>(found).api_key));
  EXPECT_FALSE(std::get<Grant>(found).allows_pair("USDJPY"));
  EXPECT_EQ(std::get<Refusal>(keys.find("abd")), Refusal::unknown_key);
  EXPECT_EQ(std::get<Refusal>(keys.find(kAbc)), Refusal::unknown_key);
  EXPECT_EQ(std::get<Refusal>(keys.find("")), Refusal::malformed);
  EXPECT_EQ(std::get<Refusal>(keys.find(std::string(513, 'k'))), Refusal::malformed);
}

TEST(ApiKeys, an_error_names_its_line) {
  const std::string good = line(kAbc, R"("sub":"a")");
  const auto error_of = [](const std::string& text) {
    const auto result = ApiKeys::parse(text);
    return result.has_error() ? result.error().message : "none";
  };
  EXPECT_EQ(error_of(good), "none");
  EXPECT_EQ(error_of(good + "nonsense\n").substr(0, 7), "line 2:");
  EXPECT_EQ(error_of("\n" + line("abc", R"("sub":"a")")).substr(0, 7), "line 2:");
  EXPECT_NE(error_of(line(kAbc, R"("sub":"a b")")).find("user"), std::string::npos);
  EXPECT_NE(error_of(line(kAbc, R"("sub":"a","pairs":"EUR*")")).find("malformed"), std::string::npos);
  EXPECT_NE(error_of(good + good).find("already"), std::string::npos);
}

}  // namespace
}  // namespace wsf::auth
