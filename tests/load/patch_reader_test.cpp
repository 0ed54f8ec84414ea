#include "load/patch_reader.hpp"

#include "protocol/quotes_patch.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace wsf::load {
namespace {

using protocol::QuoteField;
using Kind = PatchOperation::Kind;

std::string patch(std::string_view operations) {
  return fmt::format(R"({{"type":"quotes_patch","operations":[{}]}})", operations);
}

TEST(PatchReader, reads_what_the_server_writes) {
  const protocol::Quote quote{"150.25", "-1.50", "-1.01", 1'705'226'400'123};
  std::string operations;
  protocol::append_add(operations, "BRK.B", quote, protocol::QuoteFields::all());
  operations += ',';
  protocol::append_change(operations, "AAPL", quote, protocol::patch_of("AAPL", quote), protocol::QuoteFields::all(),
                          {});
  const std::string message = patch(operations);  // what is read refers to it
  PatchReader reader;
  ASSERT_TRUE(reader.read(message)) << reader.fault();
  ASSERT_EQ(reader.operations().size(), 5u);
  const PatchOperation& whole = reader.operations()[0];
  EXPECT_EQ(whole.kind, Kind::add);
  EXPECT_EQ(whole.symbol, "BRK.B");
  EXPECT_FALSE(whole.field);
  EXPECT_EQ(whole.values.given, protocol::QuoteFields::all());
  EXPECT_EQ(whole.values.number(QuoteField::change), -1.5);
  EXPECT_EQ(whole.values.time_ms, quote.time_ms);
  const PatchOperation& price = reader.operations()[1];
  EXPECT_EQ(price.kind, Kind::replace);
  EXPECT_EQ(price.symbol, "AAPL");
  EXPECT_EQ(price.field, QuoteField::price);
  EXPECT_EQ(price.values.number(QuoteField::price), 150.25);
  EXPECT_EQ(reader.operations()[4].values.time_ms, quote.time_ms);
}

TEST(PatchReader, takes_members_in_any_order_and_blanks_between) {
  PatchReader reader;
  EXPECT_TRUE(reader.read(
      "\n{ \"operations\" : [ {\"value\": 1.5e2 ,\"path\":\"/quotes/A/current_price\", \"op\":\"replace\"} ] ,\t"
      "\"type\":\"quotes_patch\"} "))
      << reader.fault();
  EXPECT_EQ(reader.operations()[0].values.number(QuoteField::price), 150);
}

TEST(PatchReader, reads_numbers_as_a_parser_would) {
  PatchReader reader;
  for (const char* number : {"0", "-0.5", "150.250", "123456789.123456789", "1e-7", "1E+5", "0.1",
                             "99999999999999999", "0.30000000000000004"}) {
    ASSERT_TRUE(reader.read(patch(fmt::format(R"({{"op":"replace","path":"/quotes/A/change","value":{}}})", number))))
        << number << ": " << reader.fault();
    EXPECT_EQ(reader.operations()[0].values.number(QuoteField::change), std::stod(number)) << number;
  }
}

TEST(PatchReader, anything_else_is_a_fault) {
  const auto replace = [](std::string_view value) {
    return patch(fmt::format(R"({{"op":"replace","path":"/quotes/A/change","value":{}}})", value));
  };
  const std::string whole = R"({"symbol":"A","change":1})";
  const std::string messages[] = {
      "",
      "[]",
      "{}",
      R"({"type":"quotes_patch"})",
      R"({"type":"quotes","operations":[]})",
      patch(""),
      patch("{}"),
      patch(R"({"op":"remove","path":"/quotes/A"})"),
      patch(R"({"op":"test","path":"/quotes/A/change","value":1})"),
      patch(R"({"op":"replace","path":"/quotes/A/change"})"),
      patch(R"({"op":"replace","path":"/quotes/A/volume","value":1})"),
      patch(R"({"op":"replace","path":"/quotes/a/change","value":1})"),
      patch(R"({"op":"replace","path":"/quotes","value":1})"),
      patch(R"({"op":"replace","path":"/quotes/A/change/0","value":1})"),
      patch(R"({"op":"replace","path":"\/quotes\/A\/change","value":1})"),
      patch(R"({"op":"replace","path":"/quotes/A/last_updated","value":1})"),
      patch(R"({"op":"replace","path":"/quotes/A/last_updated","value":"yesterday"})"),
      patch(R"({"op":"replace","path":"/quotes/A/last_updated","value":"2024-01-14T10:00:00+01:00"})"),
      patch(R"({"op":"replace","path":"/quotes/A/change","value":1,"value":2})"),
      patch(R"({"op":"replace","path":"/quotes/A/change","value":1,"from":"x"})"),
      patch(R"({"op":"replace","path":"/quotes/A/change","value":{"symbol":"A","change":1}})"),
      patch(R"({"op":"add","path":"/quotes/A","value":1})"),
      patch(R"({"op":"add","path":"/quotes/B","value":)" + whole + "}"),
      patch(R"({"op":"add","path":"/quotes/A","value":{"change":1}})"),
      patch(R"({"op":"add","path":"/quotes/A","value":{"symbol":"A","change":1,"change":1}})"),
      patch(R"({"op":"add","path":"/quotes/A","value":{"symbol":"A","volume":1}})"),
      patch(R"({"op":"add","path":"/quotes/A","value":)" + whole + "},"),
      patch(R"({"op":"add","path":"/quotes/A","value":)" + whole + "}") + "x",
      R"({"type":"quotes_patch","meta":1,"operations":[{"op":"add","path":"/quotes/A","value":)" + whole + "}]}",
      replace("\"1\""),
      replace("01"),
      replace("1."),
      replace(".5"),
      replace("+1"),
      replace("1e"),
      replace("1e999"),
      replace("null"),
      replace("NaN"),
      replace("--1"),
  };
  PatchReader reader;
  for (const std::string& message : messages) {
    EXPECT_FALSE(reader.read(message)) << message;
    EXPECT_FALSE(reader.fault().empty()) << message;
  }
}

TEST(PatchReader, a_message_that_was_cut_anywhere_is_a_fault) {
  const std::string message = patch(
      R"({"op":"add","path":"/quotes/A","value":{"symbol":"A","change":1.5,"last_updated":"2024-01-14T10:00:00.000Z"}})");
  PatchReader reader;
  ASSERT_TRUE(reader.read(message)) << reader.fault();
  for (std::size_t size = 0; size < message.size(); size++) {
    EXPECT_FALSE(reader.read(std::string_view(message).substr(0, size))) << size;
  }
}

}  // namespace
}  // namespace wsf::load
