#pragma once
// A batch for what has just come. Any thread.

#include "base/clock.hpp"
#include "hub/update.hpp"

#include <memory>

namespace wsf::fanout {

inline std::shared_ptr<hub::UpdateBatch> new_batch() {
  auto batch = std::make_shared<hub::UpdateBatch>();
  batch->received_ms = base::epoch_ms();
  batch->received_ns = base::steady_ns();
  return batch;
}

}  // namespace wsf::fanout
