#include "fanout/quotes_patch/patch_groups.hpp"

#include <algorithm>

namespace wsf::fanout {

PatchGroups::Key PatchGroups::key_of(const PatchWish& wish) {
  return {wish.symbols, wish.form.fields.bits() * 2U + (wish.form.compact ? 1U : 0U)};
}

GroupId PatchGroups::join(ws::Slot slot, const PatchWish& wish, std::int64_t version) {
  const auto known = ids_.find(key_of(wish));
  const GroupId id = known == ids_.end() ? make(wish, version) : known->second;
  PatchGroup& group = groups_[id];
  if (slot >= memberships_.size()) memberships_.resize(slot + std::size_t{1});
  memberships_[slot] = {id, static_cast<std::uint32_t>(group.members.size())};
  group.members.push_back(slot);
  return id;
}

void PatchGroups::leave(ws::Slot slot) {
  const auto [id, place] = std::exchange(memberships_[slot], Membership{});
  PatchGroup& group = groups_[id];
  group.members[place] = group.members.back();
  memberships_[group.members[place]].place = place;
  group.members.pop_back();
  if (group.members.empty()) dissolve(id);
}

GroupId PatchGroups::make(const PatchWish& wish, std::int64_t version) {
  GroupId id = static_cast<GroupId>(groups_.size());
  if (free_.empty()) {
    groups_.emplace_back();
  } else {
    id = free_.back();
    free_.pop_back();
  }
  groups_[id] = {.wish = wish, .version = version};
  ids_.emplace(key_of(wish), id);
  for (const SymbolId symbol : wish.symbols) {
    if (symbol >= watching_.size()) watching_.resize(symbol + std::size_t{1});
    watching_[symbol].push_back(id);
  }
  return id;
}

void PatchGroups::dissolve(GroupId id) {
  for (const SymbolId symbol : groups_[id].wish.symbols) {
    std::vector<GroupId>& watching = watching_[symbol];
    const auto own = std::ranges::find(watching, id);
    *own = watching.back();
    watching.pop_back();
  }
  ids_.erase(key_of(groups_[id].wish));
  groups_[id] = {};
  free_.push_back(id);
}

std::span<const GroupId> PatchGroups::watching(SymbolId symbol) const {
  return symbol < watching_.size() ? std::span<const GroupId>(watching_[symbol]) : std::span<const GroupId>();
}

}  // namespace wsf::fanout
