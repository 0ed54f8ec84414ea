#include "hub/history.hpp"

#include <utility>

namespace wsf::hub {
namespace {

std::size_t size_of(const UpdateBatch& batch) {
  std::size_t bytes = batch.updates.capacity() * sizeof(Update);
  for (const Update& update : batch.updates) bytes += update.payload.capacity();
  return bytes;
}

}  // namespace

void History::Chain::cut_oldest() {
  constexpr std::size_t kCutTogether = 32;
  ++first;
  if (first < kCutTogether || first * 2 < updates.size()) return;
  updates.erase(updates.begin(), updates.begin() + static_cast<std::ptrdiff_t>(first));
  first = 0;
}

void History::add(const SharedBatch& batch) {
  if (batch->loss) losses_[batch->loss->next.partition] = batch->loss->next;
  kept_.push_back({batch, 0, 0, size_of(*batch)});
  bytes_ += kept_.back().bytes;
  for (const Update& update : batch->updates) {
    if (!update.tombstone) append(update);
  }
  while (bytes_ > limits_.bytes) forget_oldest();
  expire(batch->received_ms);
}

void History::append(const Update& update) {
  auto chain = chains_.find(update.key);
  if (chain == chains_.end()) chain = chains_.try_emplace(update.key).first;
  chain->second.updates.push_back({&update, first_batch_ + kept_.size() - 1});
  ++kept_.back().held;
  ++updates_;
  const std::size_t most = update.hole_from ? 1 : limits_.updates_per_key;
  while (chain->second.size() > most) forget_oldest_of(chain->second);
}

void History::expire(std::int64_t now_ms) {
  while (!kept_.empty() && (!kept_.front().batch || now_ms - kept_.front().batch->received_ms > limits_.age_ms)) {
    forget_oldest();
  }
}

void History::forget_oldest_of(Chain& chain) {
  Kept& kept = kept_[chain.updates[chain.first].batch - first_batch_];
  chain.cut_oldest();
  --updates_;
  if (--kept.held > 0) return;
  kept.batch.reset();
  bytes_ -= std::exchange(kept.bytes, 0);
}

// The oldest update that is still held; a batch of which none is goes as a whole.
void History::forget_oldest() {
  Kept& oldest = kept_.front();
  if (!oldest.batch || oldest.next == oldest.batch->updates.size()) {
    bytes_ -= oldest.bytes;
    kept_.pop_front();
    ++first_batch_;
    return;
  }
  const Update& update = oldest.batch->updates[oldest.next++];
  const auto chain = chains_.find(update.key);
  if (chain == chains_.end() || chain->second.updates[chain->second.first].update != &update) return;
  forget_oldest_of(chain->second);
  if (chain->second.size() == 0) chains_.erase(chain);
}

bool History::lost_after(const base::Position& position) const {
  const auto loss = losses_.find(position.partition);
  return loss != losses_.end() && same_log(loss->second, position) && position.offset < loss->second.offset;
}

std::optional<std::vector<const Update*>> History::after(std::string_view key, const base::Position& position) const {
  if (lost_after(position)) return std::nullopt;
  const auto found = chains_.find(key);
  if (found == chains_.end()) return std::nullopt;
  const Chain& chain = found->second;
  if (chain.size() == 0) return std::nullopt;
  std::size_t begin = chain.updates.size();
  for (; begin > chain.first; --begin) {
    const base::Position& held = chain.updates[begin - 1].update->position;
    if (!same_log(held, position)) return std::nullopt;
    if (held.offset <= position.offset) break;
  }
  if (begin == chain.first) {  // nothing that old is held: only the chain's own word tells that nothing is missing
    const auto& previous = chain.updates[begin].update->previous;
    if (!previous || !same_log(*previous, position) || previous->offset > position.offset) return std::nullopt;
  }
  std::vector<const Update*> updates;
  for (; begin < chain.updates.size(); ++begin) updates.push_back(chain.updates[begin].update);
  return updates;
}

}  // namespace wsf::hub
