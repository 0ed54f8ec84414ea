#include "hub/subscriptions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

namespace wsf::hub {
namespace {

Update update(std::string key, std::int64_t offset, std::string payload = "{}") {
  Update u;
  u.key = std::move(key);
  u.payload = std::move(payload);
  u.position = {0, offset};
  return u;
}

std::vector<Slot> subscribers(Subscriptions& table, std::string_view key) {
  std::vector<Slot> slots;
  for (const Subscriber& s : table.subscribers(table.intern(key))) slots.push_back(s.slot);
  std::ranges::sort(slots);
  return slots;
}

TEST(Subscriptions, a_subscriber_is_listed_once_however_often_it_asks) {
  Subscriptions table;
  EXPECT_TRUE(table.subscribe(7, "EURUSD"));
  EXPECT_FALSE(table.subscribe(7, "EURUSD"));
  EXPECT_EQ(subscribers(table, "EURUSD"), (std::vector<Slot>{7}));
  EXPECT_EQ(table.count(7), 1u);
  EXPECT_EQ(table.total(), 1u);
}

TEST(Subscriptions, asking_again_decides_anew_about_positions) {
  Subscriptions table;
  table.subscribe(1, "EURUSD");
  table.subscribe(1, "EURUSD", {.meta = true});
  EXPECT_TRUE(table.subscribers(table.intern("EURUSD"))[0].terms.meta);
}

TEST(Subscriptions, a_session_can_be_asked_for_its_keys_and_their_terms) {
  Subscriptions table;
  table.subscribe(1, "EURUSD", {.meta = true});
  table.subscribe(1, "USDJPY", {.status = true});
  table.subscribe(2, "GBPUSD");
  std::set<std::string> names;
  table.each_key(1, [&](KeyId key) { names.emplace(table.name(key)); });
  EXPECT_EQ(names, (std::set<std::string>{"EURUSD", "USDJPY"}));
  EXPECT_TRUE(table.terms(1, "EURUSD")->meta);
  EXPECT_TRUE(table.terms(1, "USDJPY")->status);
  EXPECT_FALSE(table.terms(1, "GBPUSD"));
}

TEST(Subscriptions, unsubscribing_what_was_not_subscribed_changes_nothing) {
  Subscriptions table;
  table.subscribe(1, "EURUSD");
  EXPECT_FALSE(table.unsubscribe(1, "GBPUSD"));
  EXPECT_FALSE(table.unsubscribe(2, "EURUSD"));
  EXPECT_EQ(table.total(), 1u);
}

TEST(Subscriptions, a_dropped_session_leaves_the_others) {
  Subscriptions table;
  for (Slot slot = 0; slot < 3; ++slot) {
    table.subscribe(slot, "EURUSD");
    table.subscribe(slot, "USDJPY");
  }
  table.drop_session(1);
  EXPECT_EQ(subscribers(table, "EURUSD"), (std::vector<Slot>{0, 2}));
  EXPECT_EQ(subscribers(table, "USDJPY"), (std::vector<Slot>{0, 2}));
  EXPECT_EQ(table.count(1), 0u);
  EXPECT_EQ(table.total(), 4u);
}

TEST(Subscriptions, a_key_that_nobody_wants_and_that_has_no_value_is_forgotten) {
  Subscriptions table;
  for (char c = 'A'; c <= 'Z'; ++c) {
    const std::string key = std::string("AAAAA") + c;
    table.subscribe(1, key);
    table.unsubscribe(1, key);
  }
  EXPECT_EQ(table.keys(), 0u);
}

TEST(Subscriptions, the_last_value_is_the_newest_and_outlives_its_subscribers) {
  Subscriptions table;
  table.remember(table.intern("EURUSD"), update("EURUSD", 1, "old"));
  table.subscribe(1, "EURUSD");
  table.remember(table.intern("EURUSD"), update("EURUSD", 2, "new"));
  table.drop_session(1);
  const LastValue* last = table.last_value(table.intern("EURUSD"));
  ASSERT_NE(last, nullptr);
  EXPECT_EQ(last->payload, "new");
  EXPECT_EQ(last->position.offset, 2);
}

TEST(Subscriptions, a_tombstone_clears_the_last_value) {
  Subscriptions table;
  table.remember(table.intern("EURUSD"), update("EURUSD", 1));
  Update gone = update("EURUSD", 2, "");
  gone.tombstone = true;
  table.remember(table.intern("EURUSD"), gone);
  EXPECT_EQ(table.keys(), 0u);
  EXPECT_EQ(table.last_value(table.intern("EURUSD")), nullptr);
}

// Against the plainest model: a set of pairs.
TEST(Subscriptions, any_sequence_of_changes_leaves_what_a_plain_set_would_hold) {
  Subscriptions table;
  std::set<std::pair<std::string, Slot>> model;
  std::mt19937 random(7);
  const std::vector<std::string> keys{"EURUSD", "GBPUSD", "USDJPY", "AUDNZD", "USDCHF"};
  for (int step = 0; step < 20'000; ++step) {
    const auto slot = static_cast<Slot>(random() % 6);
    const std::string& key = keys[random() % keys.size()];
    switch (random() % 8) {
      case 0:
        table.drop_session(slot);
        std::erase_if(model, [&](const auto& pair) { return pair.second == slot; });
        break;
      case 1:
      case 2:
      case 3:
        EXPECT_EQ(table.unsubscribe(slot, key).has_value(), model.erase({key, slot}) == 1);
        break;
      default:
        EXPECT_EQ(table.subscribe(slot, key), model.insert({key, slot}).second);
    }
    ASSERT_EQ(table.total(), model.size());
  }
  for (const std::string& key : keys) {
    std::vector<Slot> expected;
    for (const auto& [k, slot] : model) {
      if (k == key) expected.push_back(slot);
    }
    EXPECT_EQ(subscribers(table, key), expected) << key;
  }
}

}  // namespace
}  // namespace wsf::hub
