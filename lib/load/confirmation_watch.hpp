#pragma once
// Notices that a broker confirms nothing any more, and that it does again. Time comes in as a parameter; one thread.

#include <cstdint>

namespace wsf::load {

class ConfirmationWatch {
 public:
  enum class News { none, silent, flows };
  static constexpr std::int64_t kSilentNs = 5'000'000'000;

  explicit ConfirmationWatch(std::int64_t now_ns) : since_ns_(now_ns) {}

  // `delivered` so far, and `outstanding` now. `silent` once, when events waited for kSilentNs and none was
  // confirmed; `flows` once, when after that one is.
  News look(std::uint64_t delivered, std::uint64_t outstanding, std::int64_t now_ns);

 private:
  std::uint64_t delivered_ = 0;
  std::int64_t since_ns_;  // the last confirmation, or the last time that nothing waited for one
  bool silent_ = false;
};

}  // namespace wsf::load
