#include "fanout/quotes_patch/patches_fixture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wsf::fanout {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

std::string patch(const std::string& operations) {
  return R"({"type":"quotes_patch","operations":[)" + operations + "]}";
}
std::string price(const std::string& symbol, const std::string& value) {
  return R"({"op":"replace","path":"/quotes/)" + symbol + R"(/current_price","value":)" + value + "}";
}

TEST_F(PatchesTest, a_client_gets_its_quotes_first_and_then_what_changes_in_them) {
  EXPECT_THAT(join(1, "T,AAPL,NOPE", "&fields=current_price"),
              ElementsAre(patch(R"({"op":"add","path":"/quotes/AAPL","value":{"symbol":"AAPL","current_price":150}},)"
                                R"({"op":"add","path":"/quotes/T","value":{"symbol":"T","current_price":15}})")));
  tell({{"T", quote_of("15.5")}, {"GOOGL", quote_of("141")}});
  EXPECT_THAT(heard(1), ElementsAre(patch(price("T", "15.5"))));
  tell({{"GOOGL", quote_of("142")}});
  EXPECT_THAT(heard(1), IsEmpty());
  tell({{"T", quote_of("16")}, {"AAPL", quote_of("151")}});
  EXPECT_THAT(heard(1), ElementsAre(patch(price("AAPL", "151") + "," + price("T", "16"))));
}

TEST_F(PatchesTest, a_request_without_a_known_symbol_is_refused_before_the_upgrade) {
  EXPECT_THAT(request(1, "/ws/quotes?symbols=NOPE"), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(app.counters().refused.value(), 1U);
}

TEST_F(PatchesTest, clients_that_want_the_same_share_a_message_that_is_made_once) {
  join(1, "AAPL,T");
  join(2, "T,AAPL");
  join(3, "T");
  EXPECT_EQ(app.counters().groups.value(), 2);
  tell({{"T", quote_of("16")}});
  EXPECT_EQ(heard(1), heard(2));
  EXPECT_EQ(app.counters().patches_made.value(), 2U);
  EXPECT_EQ(app.counters().updates_sent.value(), 3U);
}

TEST_F(PatchesTest, who_joins_a_group_later_stands_where_it_stands) {
  join(1, "AAPL,T", "&fields=current_price");
  tell({{"T", quote_of("16")}});
  EXPECT_THAT(join(2, "AAPL,T", "&fields=current_price"), ElementsAre(HasSubstr(R"("current_price":16)")));
  tell({{"AAPL", quote_of("151")}});
  EXPECT_THAT(heard(2), ElementsAre(patch(price("AAPL", "151"))));
}

TEST_F(PatchesTest, events_of_one_batch_are_told_one_by_one) {
  join(1, "T", "&fields=current_price");
  auto batch = std::make_shared<hub::UpdateBatch>();
  for (const char* value : {"16", "17"}) {
    hub::Update& update = batch->updates.emplace_back();
    update.key = "T";
    update.payload = protocol::packed(quote_of(value));
    update.position.offset = ++events;
  }
  EXPECT_TRUE(app.on_batch(batch));
  sessions.flush();
  EXPECT_THAT(heard(1), ElementsAre(patch(price("T", "16")), patch(price("T", "17"))));
}

TEST_F(PatchesTest, a_client_that_fell_behind_gets_one_step_to_the_newest) {
  join(1, "AAPL,T", "&fields=current_price");
  join(2, "AAPL,T", "&fields=current_price");
  kernel[1].takes = 0;
  tell({{"T", quote_of("16")}});
  pass(1'001);
  for (int i = 0; i < 100; ++i) tell({{"T", quote_of(std::to_string(17 + i))}, {"AAPL", quote_of("152")}});
  EXPECT_THAT(heard(2), SizeIs(101));
  unblock(1);
  EXPECT_THAT(heard(1), ElementsAre(patch(price("AAPL", "152") + "," + price("T", "116"))));
  EXPECT_EQ(app.counters().patches_remade.value(), 1U);
  tell({{"T", quote_of("200")}});
  EXPECT_THAT(heard(1), ElementsAre(patch(price("T", "200"))));
}

TEST_F(PatchesTest, the_group_of_a_client_that_leaves_while_it_is_behind_may_go_to_others) {
  join(1, "AAPL");
  kernel[1].takes = 0;
  tell({{"AAPL", quote_of("151")}});
  pass(1'001);
  tell({{"AAPL", quote_of("152")}});
  receive(1, client_text("{"));
  sessions.close(0, protocol::CloseCause::service_restart);
  join(2, "T");
  unblock(1);
  EXPECT_THAT(heard(1), Not(testing::Contains(HasSubstr("/quotes/T"))));
  tell({{"T", quote_of("16")}});
  EXPECT_THAT(heard(2), SizeIs(1));
}

TEST_F(PatchesTest, a_symbol_that_a_feed_brings_can_be_asked_for_from_then_on) {
  EXPECT_THAT(request(1, "/ws/quotes?symbols=NEW"), StartsWith("HTTP/1.1 400 "));
  tell({{"NEW", quote_of("1")}});
  EXPECT_THAT(join(2, "NEW"), ElementsAre(HasSubstr("/quotes/NEW")));
}

TEST_F(PatchesTest, the_server_knows_which_symbols_are_watched) {
  join(1, "AAPL,T");
  join(2, "AAPL,T");
  join(3, "T");
  EXPECT_EQ(watch.count(), 2U);
  for (const int fd : {1, 2}) {
    kernel[fd].peer_ended = true;
    sessions.on_ready(kernel.readable(fd));
  }
  EXPECT_FALSE(watch.has("AAPL"));
  EXPECT_TRUE(watch.has("T"));
  EXPECT_EQ(app.counters().connections.value(), 1);
  EXPECT_EQ(app.counters().subscriptions.value(), 1);
}

TEST_F(PatchesTest, any_json_is_taken_and_anything_else_is_an_error) {
  join(1, "T");
  receive(1, client_text("[1]"));
  EXPECT_THAT(heard(1), IsEmpty());
  receive(1, client_text("hello"));
  EXPECT_THAT(heard(1), ElementsAre(AllOf(HasSubstr("error"), HasSubstr("invalid_json"))));
}

TEST_F(PatchesTest, a_connection_without_a_message_either_way_is_idle_and_in_the_end_closed) {
  join(1, "T");
  join(2, "AAPL");
  pass(1'799'000);
  tell({{"T", quote_of("16")}});
  heard(1);
  pass(2'000);
  EXPECT_THAT(heard(1), IsEmpty());
  EXPECT_THAT(heard(2), ElementsAre("close 1001"));
  EXPECT_EQ(app.counters().idle_timeouts.value(), 1U);
}

TEST_F(PatchesTest, its_traffic_is_counted_apart) {
  join(1, "T");
  receive(1, client_text("{}"));
  tell({{"T", quote_of("16")}});
  EXPECT_EQ(app.counters().traffic.frames_sent.value(), 2U);
  EXPECT_EQ(app.counters().traffic.messages_received.value(), 1U);
  EXPECT_GT(app.counters().traffic.bytes_sent.value(), 100U);
}

}  // namespace
}  // namespace wsf::fanout
