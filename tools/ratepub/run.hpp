#pragma once
// What all runs of ratepub have alike, wherever they publish: driven on a thread of its own and looked at from this
// one, waited for at the end, told in the same words.

#include "sources.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

namespace ratepub {

// Drives the source until it is done, or `stop`; calls `look` a few times a second meanwhile. The time it took.
std::chrono::nanoseconds run_shown(Source& source, wsf::kafka::Producer* producer, const std::atomic<bool>& stop,
                                   const std::function<void()>& look);

// Waits until `settled`, which waits as long as it is told and says whether nothing is open any more. False: not
// within `timeout`, or not within 3 s of a signal. In steps, between which it calls `look`.
bool await_confirmations(const std::function<bool(std::chrono::milliseconds)>& settled,
                         std::chrono::milliseconds timeout, const std::atomic<bool>& stop,
                         const std::function<void()>& look);

std::chrono::nanoseconds run_time(const Source& source);  // since its start

std::string queued_text(std::uint64_t queued, std::chrono::nanoseconds time);  // "1,000 queued in 10.0 s (100.0/s)"
std::string late_text(const wsf::load::Lateness& late);  // " · late p50 0.1 · p99 0.9 · max 0.9 ms", or ""

}  // namespace ratepub
