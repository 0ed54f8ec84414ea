#pragma once
// Which spans there are, and their ids. A span with a parent is recorded if that was: the sampled flag is the
// caller's word. Of those that begin a trace a share is, by chance (OpenTelemetry's ParentBased sampler with a ratio
// at the root). For one thread.

#include "trace/context.hpp"

#include <cstdint>
#include <functional>
#include <optional>

namespace wsf::trace {

// Each call 64 random bits.
using RandomBits = std::function<std::uint64_t()>;

// Seeded by the system. Each source is for one thread.
RandomBits random_bits();

class Sampler {
 public:
  // `ratio`: of the traces that begin here, 0 to 1.
  explicit Sampler(double ratio, RandomBits random = random_bits());

  // Of a span that may have a parent elsewhere: its context; nullopt: it is not recorded. Costs one random number
  // then, or none.
  std::optional<Context> sample(const std::optional<Context>& parent);
  // Of a span below one that is recorded.
  Context child_of(const Context& parent);

 private:
  SpanId new_span();

  double ratio_;
  RandomBits random_;
};

}  // namespace wsf::trace
