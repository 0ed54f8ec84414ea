// The quotes service between a real Redis and a post that is remembered.

#include "fanout/quotes/service.hpp"

#include "fakes/remembering.hpp"
#include "fanout/admin/seed_families.hpp"
#include "fanout/quotes/redis_quotes.hpp"
#include "redis/commands.hpp"
#include "redis/redis_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using testing::HasSubstr;

class Posted : private Remembering {
 public:
  void operator()(const hub::SharedBatch& batch) {
    note([&] { updates_.insert(updates_.end(), batch->updates.begin(), batch->updates.end()); });
  }
  bool has(std::size_t count) {
    return wait([&] { return updates_.size() >= count; });
  }
  std::vector<hub::Update> updates() const { return copy_of(updates_); }

 private:
  std::vector<hub::Update> updates_;
};

class QuotesServiceTest : public testing::Test {
 protected:
  QuotesServiceTest() {
    service.start([this](const std::shared_ptr<hub::UpdateBatch>& batch) { posted(batch); });
  }
  ~QuotesServiceTest() override { service.stop(); }

  void publish(const std::string& channel, const std::string& payload) {
    publisher.send({"PUBLISH", channel, payload});
  }
  std::string metrics() const {
    stats::Exposition out;
    service.append_metrics(out);
    SeedFamilies families;
    service.add_to(families);
    families.append_to(out);
    return std::move(out).text();
  }
  bool subscribed(std::uint64_t count) {
    return becomes([&] { return source->redis_subscriptions() == count; });
  }

  redis::RedisServer redis;
  redis::Commands publisher{redis.options()};
  Posted posted;
  RedisQuotes* source = new RedisQuotes(redis.options(), 1024);
  QuotesService service{QuotesOptions{}, std::unique_ptr<QuoteSource>(source)};
};

TEST_F(QuotesServiceTest, quotes_of_the_symbols_that_were_asked_for_are_posted_whole) {
  source->subscribe("AAPL");
  ASSERT_TRUE(subscribed(1));
  publish("quote:MSFT", R"({"price":400})");
  publish("quote:AAPL", R"({"symbol":"AAPL","price":150.250,"change":-2.50,"timestamp":1000})");
  publish("quote:AAPL", R"({"Price":151,"ChangePercent":0.5,"Timestamp":2000})");
  ASSERT_TRUE(posted.has(2));
  EXPECT_EQ(posted.updates()[0].key, "AAPL");
  EXPECT_EQ(protocol::unpacked(posted.updates()[0].payload), (protocol::Quote{"150.250", "-2.50", "0", 1000}));
  EXPECT_EQ(protocol::unpacked(posted.updates()[1].payload), (protocol::Quote{"151", "-2.50", "0.5", 2000}));
}

TEST_F(QuotesServiceTest, what_is_no_quote_is_skipped_and_counted_by_its_cause) {
  source->subscribe("AAPL");
  ASSERT_TRUE(subscribed(1));
  publish("quote:AAPL", "AAPL 150");
  publish("quote:AAPL", R"({"symbol":"MSFT","price":1})");
  publish("quote:AAPL", R"({"price":150})");
  ASSERT_TRUE(posted.has(1));
  EXPECT_EQ(posted.updates().size(), 1U);
  EXPECT_THAT(metrics(), HasSubstr("wsfanout_quotes_skipped_total{cause=\"not_json\"} 1\n"));
  EXPECT_THAT(metrics(), HasSubstr("wsfanout_quotes_skipped_total{cause=\"bad_symbol\"} 1\n"));
}

TEST_F(QuotesServiceTest, it_is_ready_with_redis_and_degraded_without) {
  EXPECT_TRUE(becomes([&] { return service.readiness() == Readiness::ready; }));
  redis.stop();
  EXPECT_TRUE(becomes([&] { return service.readiness() == Readiness::degraded; }));
  EXPECT_FALSE(service.components().front().up);
  redis.start();
  EXPECT_TRUE(becomes([&] { return service.readiness() == Readiness::ready; }));
}

TEST_F(QuotesServiceTest, the_families_of_its_seed_are_there_from_the_start) {
  const std::string text = metrics();
  for (const auto* sample :
       {"# TYPE websocket_connections_total gauge\n", "websocket_messages_received_total{protocol=\"quotes\"} 0\n",
        "# TYPE redis_subscriptions_total gauge\n", "quotes_published_total{protocol=\"quotes\"} 0\n",
        "grpc_stream_duration_seconds_bucket{protocol=\"quotes\",le=\"512\"} 0\n",
        "grpc_stream_duration_seconds_count{protocol=\"quotes\"} 0\n"}) {
    EXPECT_THAT(text, HasSubstr(sample));
  }
}

}  // namespace
}  // namespace wsf::fanout
