#pragma once
// Finds the outages of a broker from what it confirms late or not at all. Times are epoch nanoseconds; one thread.

#include <cstddef>
#include <cstdint>
#include <vector>

namespace wsf::load {

struct Span {  // of due times, [from, to)
  std::int64_t from_ns = 0, to_ns = 0;

  bool overlaps(std::int64_t from, std::int64_t to) const { return from_ns < to && from < to_ns; }
};

class OutageWatch {
 public:
  static constexpr std::int64_t kLateNs = 2'000'000'000;  // confirmed this long after it was due: the broker was away
  // An event that was confirmed just before may not have been read by the server yet, ...
  static constexpr std::int64_t kLeadNs = 1'000'000'000;
  // ... and the server may find the broker again later than the publisher did: its client waits up to a second
  // between two tries, then asks for the topic and the offsets anew.
  static constexpr std::int64_t kTailNs = 3'000'000'000;
  static constexpr std::size_t kMost = 64;  // what comes later extends the last one

  // An event due at `due_ns` was confirmed, or given up, at `now_ns`.
  void settled(std::int64_t due_ns, std::int64_t now_ns, bool confirmed);

  const std::vector<Span>& outages() const { return outages_; }  // in order, apart from each other

 private:
  std::vector<Span> outages_;
};

}  // namespace wsf::load
