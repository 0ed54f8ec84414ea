#include "hub/history.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

namespace wsf::hub {
namespace {

using base::Position;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;

// Feeds a history as a log would be read: offsets count up, each update names the one before it of its key.
class HistoryTest : public testing::Test {
 protected:
  Update next(const std::string& key, std::size_t payload = 10) {
    Update update;
    update.key = key;
    update.payload.assign(payload, 'x');
    update.position = {0, offset++};
    if (newest.contains(key)) update.previous = newest[key];
    newest[key] = update.position;
    return update;
  }
  void add(std::vector<Update> updates) {
    auto batch = std::make_shared<UpdateBatch>();
    batch->updates = std::move(updates);
    batch->received_ms = now_ms;
    history.add(batch);
  }
  std::optional<std::vector<std::int64_t>> after(const std::string& key, const Position& position) const {
    const auto found = history.after(key, position);
    if (!found) return std::nullopt;
    std::vector<std::int64_t> offsets;
    for (const Update* update : *found) offsets.push_back(update->position.offset);
    return offsets;
  }

  std::int64_t now_ms = 1'000'000;
  std::int64_t offset = 0;
  std::map<std::string, Position> newest;
  History history{{.updates_per_key = 3, .bytes = 4096, .age_ms = 1000}};
};

TEST_F(HistoryTest, gives_what_came_after_a_position_in_order) {
  add({next("A"), next("B"), next("A")});
  add({next("A")});
  EXPECT_THAT(after("A", {0, 0}), Optional(ElementsAre(2, 3)));
  EXPECT_THAT(after("A", {0, 1}), Optional(ElementsAre(2, 3)));  // another key's position is as good
  EXPECT_THAT(after("A", {0, 3}), Optional(IsEmpty()));
  EXPECT_THAT(after("A", {0, 99}), Optional(IsEmpty()));
}

TEST_F(HistoryTest, says_nothing_of_what_it_does_not_hold) {
  EXPECT_EQ(after("A", {0, 0}), std::nullopt);
  offset = 5;
  add({next("A")});
  EXPECT_EQ(after("A", {0, 4}), std::nullopt);  // whether something came before it is not known
  EXPECT_EQ(after("A", {1, 5}), std::nullopt);
  EXPECT_EQ(after("A", {0, 5, 1}), std::nullopt);
}

TEST_F(HistoryTest, keeps_so_many_of_a_key_and_knows_that_older_ones_are_gone) {
  for (int i = 0; i < 5; ++i) add({next("A")});
  EXPECT_EQ(history.updates(), 3u);
  EXPECT_THAT(after("A", {0, 2}), Optional(ElementsAre(3, 4)));
  EXPECT_THAT(after("A", {0, 1}), Optional(ElementsAre(2, 3, 4)));  // the chain itself says that 1 was before 2
  EXPECT_EQ(after("A", {0, 0}), std::nullopt);
}

TEST_F(HistoryTest, a_key_that_changed_its_partition_or_log_cannot_be_resumed_across) {
  add({next("A"), next("A")});
  Update moved = next("A");
  moved.position = {1, 7};
  add({moved});
  EXPECT_EQ(after("A", {0, 0}), std::nullopt);
  EXPECT_THAT(after("A", {1, 7}), Optional(IsEmpty()));
}

TEST_F(HistoryTest, nothing_is_resumed_across_a_hole_in_the_feed) {
  add({next("A"), next("A")});
  offset = 5;
  newest["A"] = {0, 4};
  Update after_hole = next("A");
  after_hole.hole_from = Position{0, 0};
  add({next("B"), after_hole, next("A")});
  EXPECT_EQ(after("A", {0, 1}), std::nullopt);
  EXPECT_THAT(after("A", {0, 4}), Optional(ElementsAre(5, 7)));
  EXPECT_THAT(after("A", {0, 5}), Optional(ElementsAre(7)));
}

TEST_F(HistoryTest, a_hole_within_one_batch_keeps_what_came_after_it) {
  const Update first = next("A");
  Update after_hole = next("A");
  after_hole.hole_from = Position{0, 0};
  add({first, after_hole});
  EXPECT_THAT(after("A", after_hole.position), Optional(IsEmpty()));
}

TEST_F(HistoryTest, one_that_keeps_nothing_recovers_nothing) {
  history = History{{.updates_per_key = 0}};
  add({next("A"), next("A")});
  EXPECT_EQ(after("A", {0, 0}), std::nullopt);
  EXPECT_EQ(after("A", {0, 1}), std::nullopt);
}

TEST_F(HistoryTest, forgets_by_age) {
  add({next("A"), next("A")});
  now_ms += 800;
  add({next("A")});
  now_ms += 800;
  history.expire(now_ms);
  EXPECT_EQ(history.updates(), 1u);
  EXPECT_THAT(after("A", {0, 1}), Optional(ElementsAre(2)));
  now_ms += 800;
  history.expire(now_ms);
  EXPECT_EQ(history.updates(), 0u);
  EXPECT_EQ(history.bytes(), 0u);
}

TEST_F(HistoryTest, memory_is_that_of_whole_batches_and_stays_below_the_limit) {
  for (int i = 0; i < 100; ++i) {
    add({next("rare" + std::to_string(i)), next("busy", 500), next("busy", 500)});
    EXPECT_LE(history.bytes(), 4096u);
  }
  EXPECT_GT(history.updates(), 0u);
  EXPECT_TRUE(after("busy", {0, offset - 1}));
}

TEST_F(HistoryTest, tombstones_are_no_updates) {
  Update tombstone = next("A");
  tombstone.tombstone = true;
  add({tombstone});
  EXPECT_EQ(history.updates(), 0u);
}

// Against a plain list of all that ever came: whatever is answered is the truth, and what is in the limits is known.
TEST_F(HistoryTest, never_gives_less_than_what_came) {
  std::mt19937 random(7);
  std::map<std::string, std::vector<std::int64_t>> all;
  for (int round = 0; round < 2000; ++round) {
    std::vector<Update> updates;
    for (unsigned i = random() % 4; i > 0; --i) {
      updates.push_back(next(std::string(1, static_cast<char>('A' + random() % 5)), random() % 300));
      all[updates.back().key].push_back(updates.back().position.offset);
    }
    now_ms += random() % 100;
    add(std::move(updates));
    for (const auto& [key, offsets] : all) {
      const auto from = static_cast<std::int64_t>(random() % static_cast<unsigned>(offset + 1));
      const auto got = after(key, {0, from});
      if (!got) continue;
      std::vector<std::int64_t> expected;
      for (const std::int64_t o : offsets) {
        if (o > from) expected.push_back(o);
      }
      EXPECT_EQ(*got, expected) << key << " after " << from;
    }
  }
}

}  // namespace
}  // namespace wsf::hub
