#pragma once
// Sessions that want the same of the same symbols stand at the same version and get the same messages: they are a
// group. One for each shard, used on its thread only.

#include "fanout/quotes_patch/patch_wish.hpp"
#include "hub/frame.hpp"
#include "ws/sessions.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsf::fanout {

using GroupId = hub::KeyId;  // by which the outboxes of its members conflate

struct PatchGroup {
  PatchWish wish{};
  std::vector<ws::Slot> members{};
  std::int64_t version = 0;  // that they have
  bool touched = false;      // by the event that is being told
  std::string history{};     // the end of its messages, for those who have them compressed with reference to it

  // Twice as much made messages of three whole quotes 4 % smaller, and cost a quarter more time.
  static constexpr std::size_t kHistoryBytes = 2'048;
  void remember(std::string_view message) {
    if (message.size() > kHistoryBytes) message.remove_prefix(message.size() - kHistoryBytes);
    const std::size_t most_before = kHistoryBytes - message.size();
    if (history.size() > most_before) history.erase(0, history.size() - most_before);
    history += message;
  }
};

class PatchGroups {
 public:
  // The group of this wish, made at `version` if there is none. A session is in one group.
  GroupId join(ws::Slot slot, const PatchWish& wish, std::int64_t version);
  // The numbers of groups are used again.
  void leave(ws::Slot slot);

  // Of a session that has joined.
  GroupId of(ws::Slot slot) const { return memberships_[slot].group; }
  PatchGroup& operator[](GroupId group) { return groups_[group]; }
  const PatchGroup& operator[](GroupId group) const { return groups_[group]; }
  std::span<const GroupId> watching(SymbolId symbol) const;
  std::size_t count() const { return ids_.size(); }
  template <class Visit>
  void for_each_member(Visit&& visit) const {
    for (const PatchGroup& group : groups_) {
      for (const ws::Slot slot : group.members) visit(slot);
    }
  }

 private:
  using Key = std::pair<std::vector<SymbolId>, unsigned>;
  struct Membership {
    GroupId group = hub::kNoKey;
    std::uint32_t place = 0;  // among its members
  };

  static Key key_of(const PatchWish& wish);
  GroupId make(const PatchWish& wish, std::int64_t version);
  void dissolve(GroupId group);

  std::map<Key, GroupId> ids_;
  std::vector<PatchGroup> groups_;
  std::vector<GroupId> free_;
  std::vector<Membership> memberships_;         // by slot
  std::vector<std::vector<GroupId>> watching_;  // by symbol
};

}  // namespace wsf::fanout
