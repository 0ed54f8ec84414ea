#include "trace/sampler.hpp"

#include <cstring>
#include <random>
#include <utility>

namespace wsf::trace {
namespace {

constexpr double kSteps = 1ULL << 53;  // as many as a double tells apart

}  // namespace

RandomBits random_bits() {
  std::random_device system;
  std::seed_seq seed{system(), system(), system(), system(), system(), system(), system(), system()};
  return [generator = std::mt19937_64(seed)]() mutable { return generator(); };
}

Sampler::Sampler(double ratio, RandomBits random) : ratio_(ratio), random_(std::move(random)) {}

std::optional<Context> Sampler::sample(const std::optional<Context>& parent) {
  if (parent) return parent->sampled ? std::optional(child_of(*parent)) : std::nullopt;
  if (static_cast<double>(random_() >> 11) >= ratio_ * kSteps) return std::nullopt;
  Context context{.sampled = true};
  while (context.trace == TraceId{}) {
    const std::uint64_t halves[]{random_(), random_()};
    std::memcpy(context.trace.data(), halves, sizeof halves);
  }
  context.span = new_span();
  return context;
}

Context Sampler::child_of(const Context& parent) {
  return {parent.trace, new_span(), parent.sampled};
}

SpanId Sampler::new_span() {
  SpanId id{};
  while (id == SpanId{}) {
    const std::uint64_t bits = random_();
    std::memcpy(id.data(), &bits, sizeof bits);
  }
  return id;
}

}  // namespace wsf::trace
