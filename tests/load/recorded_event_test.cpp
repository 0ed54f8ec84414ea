#include "load/recorded_event.hpp"

#include <gtest/gtest.h>

namespace wsf::load {
namespace {

kafka::Record record(std::string_view key, std::optional<std::string_view> value) {
  kafka::Record out;
  out.partition = 3;
  out.offset = 12;
  out.timestamp_ms = 1'700'000'000'123;
  out.key = key;
  out.has_key = true;
  out.value = value;
  return out;
}

std::string line(const kafka::Record& record) {
  std::string out;
  append_line(out, record);
  return out;
}

// What is read of the line that is written of it.
RecordedEvent again(const kafka::Record& record) {
  std::string text = line(record);
  EXPECT_EQ(text.back(), '\n');
  text.pop_back();
  EXPECT_EQ(text.find('\n'), text.npos);
  return parse_recorded(text).value();
}

std::string why(std::string_view text) {
  const auto event = parse_recorded(text);
  return event ? "it is good" : event.error().message;
}

TEST(RecordedEventTest, reads_as_a_person_would_write_it) {
  EXPECT_EQ(line(record("EURUSD", R"({"rate":1.0850})")),
            R"({"timestamp":1700000000123,"partition":3,"offset":12,"key":"EURUSD","value":"{\"rate\":1.0850}"})"
            "\n");
}

TEST(RecordedEventTest, keeps_time_and_partition) {
  const auto event = again(record("k", "v"));
  EXPECT_EQ(event.timestamp_ms, 1'700'000'000'123);
  EXPECT_EQ(event.partition, 3);
}

TEST(RecordedEventTest, keeps_every_byte) {
  std::string all;
  for (int byte = 0; byte < 256; byte++) {
    all += static_cast<char>(byte);
    for (const std::string& bytes : {all, std::string(1, static_cast<char>(byte)), "\xC3\xA9\xE2\x82\xAC" + all}) {
      const auto event = again(record(bytes, bytes));
      ASSERT_EQ(event.key, bytes) << byte;
      ASSERT_EQ(event.value, bytes) << byte;
    }
  }
}

TEST(RecordedEventTest, nothing_is_not_the_same_as_empty) {
  EXPECT_EQ(again(record("", "")).value, "");
  EXPECT_EQ(again(record("", "")).key, "");
  EXPECT_EQ(again(record("k", std::nullopt)).value, std::nullopt);
  auto unkeyed = record("", "v");
  unkeyed.has_key = false;
  EXPECT_EQ(again(unkeyed).key, std::nullopt);
}

TEST(RecordedEventTest, says_what_is_wrong_with_a_line) {
  EXPECT_EQ(why(""), "not JSON");
  EXPECT_EQ(why(R"({"timestamp":1,"partition":0,"key":"a","value":"b)"), "not JSON");
  EXPECT_EQ(why(std::string(100'000, '[')), "not JSON");
  EXPECT_EQ(why("[]"), "not a JSON object");
  EXPECT_EQ(why("{}"), "\"timestamp\" is missing");
  EXPECT_EQ(why(R"({"timestamp":"now"})"), "\"timestamp\" is no number from -1 to 4102444800000");
  EXPECT_EQ(why(R"({"timestamp":18446744073709551615})"), "\"timestamp\" is no number from -1 to 4102444800000");
  EXPECT_EQ(why(R"({"timestamp":1,"partition":-1})"), "\"partition\" is no number from 0 to 2147483647");
  EXPECT_EQ(why(R"({"timestamp":1,"partition":0,"key":null})"), "\"value\" is missing");
  EXPECT_EQ(why(R"({"timestamp":1,"partition":0,"key":7})"), "\"key\" is neither text nor null");
  EXPECT_EQ(why(R"({"timestamp":1,"partition":0,"key_base64":"a"})"), "\"key_base64\" is not base64");
  EXPECT_EQ(why(R"({"timestamp":1,"partition":0,"key_base64":"a!=="})"), "\"key_base64\" is not base64");
}

}  // namespace
}  // namespace wsf::load
