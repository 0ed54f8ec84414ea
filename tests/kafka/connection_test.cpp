#include "kafka/connection.hpp"

#include "base/exit_codes.hpp"
#include "kafka/consumer.hpp"
#include "kafka/producer.hpp"
#include "recording_sink.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::kafka {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

const std::string kConnectionString =
    "Endpoint=sb://prices.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=c2VjcmV0LWtleQ==";

std::string usage_error_of(const std::function<void()>& start) {
  try {
    start();
  } catch (const base::StartupError& e) {
    EXPECT_EQ(e.code(), base::Exit::usage);
    return e.what();
  }
  return "no error";
}

TEST(Connection, reads_an_event_hubs_connection_string) {
  const auto hubs = parse_event_hubs(kConnectionString + ";EntityPath=rates");
  ASSERT_TRUE(hubs.has_value());
  EXPECT_EQ(hubs->broker, "prices.servicebus.windows.net:9093");
  EXPECT_EQ(hubs->topic, "rates");
}

TEST(Connection, makes_sasl_properties_of_an_event_hubs_connection_string) {
  const auto properties = connection_properties({.event_hubs_connection_string = kConnectionString});
  EXPECT_THAT(properties, Contains(Pair("bootstrap.servers", "prices.servicebus.windows.net:9093")));
  EXPECT_THAT(properties, Contains(Pair("security.protocol", "SASL_SSL")));
  EXPECT_THAT(properties, Contains(Pair("sasl.mechanism", "PLAIN")));
  EXPECT_THAT(properties, Contains(Pair("sasl.username", "$ConnectionString")));
  EXPECT_THAT(properties, Contains(Pair("sasl.password", kConnectionString)));
  EXPECT_THAT(properties, Contains(Pair("socket.keepalive.enable", "true")));
  EXPECT_THAT(properties, Contains(Pair("metadata.max.age.ms", "180000")));
  EXPECT_THAT(properties, Contains(Pair("connections.max.idle.ms", "180000")));
}

TEST(Connection, brokers_replace_the_connection_string_and_its_sasl) {
  const auto properties =
      connection_properties({.brokers = "localhost:9092", .event_hubs_connection_string = kConnectionString});
  EXPECT_THAT(properties, Contains(Pair("bootstrap.servers", "localhost:9092")));
  EXPECT_THAT(properties, Not(Contains(Pair("security.protocol", ::testing::_))));
}

TEST(Connection, a_malformed_connection_string_is_refused_without_telling_its_key) {
  for (const std::string bad :
       {"SharedAccessKey=c2VjcmV0LWtleQ==", "c2VjcmV0LWtleQ==",
        "Endpoint=https://x/;SharedAccessKey=c2VjcmV0LWtleQ==",
        "Endpoint=sb://prices.servicebus.windows.net/;SharedAccessKey=c2VjcmV0LWtleQ==",
        "Endpoint=sb://prices.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=",
        "Endpoint=sb://;SharedAccessKeyName=Root;SharedAccessKey=c2VjcmV0LWtleQ==", "   "}) {
    const auto error = usage_error_of([&] { connection_properties({.event_hubs_connection_string = bad}); });
    EXPECT_THAT(error, HasSubstr("Event Hubs connection string")) << bad;
    EXPECT_THAT(error, Not(HasSubstr("c2VjcmV0"))) << bad;
  }
}

TEST(Connection, takes_broker_lists_of_names_and_addresses_and_refuses_others) {
  for (const std::string good : {"localhost", "localhost:9092", "a.example:9092, b.example:9093", "[::1]:9092",
                                 "PLAINTEXT://10.0.0.1:9092", "SASL_SSL://kafka_1:9093"}) {
    EXPECT_NO_THROW(connection_properties({.brokers = good})) << good;
  }
  for (const std::string bad :
       {"localhost:", "localhost:port", "localhost:70000", ":9092", "a b:9092", ",", "[::1:9"}) {
    EXPECT_THAT(usage_error_of([&] { connection_properties({.brokers = bad}); }), HasSubstr("HOST:PORT")) << bad;
  }
}

TEST(Connection, splits_user_properties_at_the_first_equals_sign) {
  const auto properties = user_properties({.properties = {"sasl.password=a=b,c"}});
  EXPECT_THAT(properties, ::testing::ElementsAre(Pair("sasl.password", "a=b,c")));
}

TEST(Connection, a_user_property_without_equals_sign_is_refused) {
  EXPECT_THAT(usage_error_of([] { user_properties({.properties = {"fetch.wait.max.ms"}}); }), HasSubstr("KEY=VALUE"));
}

TEST(Connection, is_configured_by_brokers_a_connection_string_or_a_property) {
  EXPECT_FALSE(configured({}));
  EXPECT_FALSE(configured({.properties = {"fetch.wait.max.ms=5"}}));
  EXPECT_TRUE(configured({.brokers = "localhost"}));
  EXPECT_TRUE(configured({.event_hubs_connection_string = kConnectionString}));
  EXPECT_TRUE(configured({.properties = {"bootstrap.servers=localhost"}}));
}

TEST(Connection, an_unknown_property_or_bad_value_is_told_in_the_librarys_words) {
  RecordingSink sink;
  const auto error_with = [&sink](const std::string& property) {
    ConsumerOptions options;
    options.connection = {.brokers = "127.0.0.1:1", .properties = {property}};
    return usage_error_of([&] { Consumer consumer(options, sink); });
  };
  EXPECT_THAT(error_with("fetch.weight=3"), HasSubstr("No such configuration property"));
  EXPECT_THAT(error_with("fetch.wait.max.ms=soon"), HasSubstr("fetch.wait.max.ms"));
  EXPECT_THAT(usage_error_of([] { Producer p({.brokers = "127.0.0.1:1", .properties = {"no.such=1"}}, "topic"); }),
              HasSubstr("No such configuration property"));
}

}  // namespace
}  // namespace wsf::kafka
