#include "trace/otlp_json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace wsf::trace {
namespace {

using nlohmann::json;

const Resource kResource{"wsfanout", "0.1.0", "id"};

Span span() {
  Span one;
  one.context = {{0x5b, 0x8e, 0xff, 0xf7}, {0xee, 0xe1}, true};
  one.name = "receive";
  one.kind = Kind::consumer;
  one.start_ns = 1'700'000'000'000'000'001;
  one.end_ns = 1'700'000'000'000'000'002;
  return one;
}

json written(const Span& one) {
  const json request = json::parse(export_request(kResource, {&one, 1}));
  return request.at("resourceSpans").at(0).at("scopeSpans").at(0).at("spans").at(0);
}

TEST(OtlpJson, the_resource_names_the_service_and_its_instance) {
  const Span one = span();
  const json request = json::parse(export_request(kResource, {&one, 1}));
  EXPECT_EQ(request["resourceSpans"][0]["resource"]["attributes"], json::parse(R"([
    {"key":"service.name","value":{"stringValue":"wsfanout"}},
    {"key":"service.version","value":{"stringValue":"0.1.0"}},
    {"key":"service.instance.id","value":{"stringValue":"id"}}])"));
  EXPECT_EQ(request["resourceSpans"][0]["scopeSpans"][0]["scope"],
            json::parse(R"({"name":"wsfanout","version":"0.1.0"})"));
}

TEST(OtlpJson, ids_are_hex_times_are_text_and_enums_are_numbers) {
  EXPECT_EQ(written(span()), json::parse(R"({
    "traceId":"5b8efff7000000000000000000000000","spanId":"eee1000000000000","name":"receive","kind":5,
    "startTimeUnixNano":"1700000000000000001","endTimeUnixNano":"1700000000000000002","status":{}})"));
}

TEST(OtlpJson, a_parent_and_a_failure_are_told) {
  Span one = span();
  one.parent = {1};
  one.failed = true;
  EXPECT_EQ(written(one)["parentSpanId"], "0100000000000000");
  EXPECT_EQ(written(one)["status"], json::parse(R"({"code":2})"));
}

TEST(OtlpJson, attributes_are_text_or_64_bit_numbers) {
  Span one = span();
  one.attributes = {{"messaging.system", "kafka"}, {"messaging.kafka.offset", INT64_MAX}};
  EXPECT_EQ(written(one)["attributes"], json::parse(R"([
    {"key":"messaging.system","value":{"stringValue":"kafka"}},
    {"key":"messaging.kafka.offset","value":{"intValue":"9223372036854775807"}}])"));
}

TEST(OtlpJson, a_long_text_is_cut_and_bad_bytes_are_replaced) {
  Span one = span();
  one.attributes = {{"a", std::string(10'000, 'x')}, {"b", std::string("\xff")}};
  const json attributes = written(one)["attributes"];
  EXPECT_EQ(attributes[0]["value"]["stringValue"].get<std::string>().size(), kMaxTextBytes);
  EXPECT_EQ(attributes[1]["value"]["stringValue"], "\xef\xbf\xbd");
}

TEST(OtlpJson, an_answer_may_reject_some) {
  const auto answer = parse_export_answer(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"too old"}})");
  EXPECT_EQ(answer.rejected, 3u);
  EXPECT_EQ(answer.message, "too old");
  EXPECT_EQ(parse_export_answer(R"({"partialSuccess":{"rejectedSpans":3}})").rejected, 3u);
}

TEST(OtlpJson, any_other_answer_is_full_success) {
  for (const std::string_view text : {"", "{}", "[]", "{", R"({"partialSuccess":null})",
                                      R"({"partialSuccess":{"rejectedSpans":-1,"errorMessage":7}})"}) {
    EXPECT_EQ(parse_export_answer(text).rejected, 0u) << text;
    EXPECT_EQ(parse_export_answer(text).message, "") << text;
  }
}

}  // namespace
}  // namespace wsf::trace
