#pragma once
// What `doctor` tells of one step on the way to the first update. Pure; any thread.

#include <cstdint>
#include <string>

namespace wsf::wsclient {

struct Diagnosis {
  enum class State { ok, fail, note };
  State state = State::ok;
  std::string step;    // "name", "tcp", "upgrade", ...
  std::string detail;  // what was seen, or what is wrong
  std::int64_t took_us = 0;
  std::string hint{};  // the way out, of a failure
};

// "ok    tcp           203.0.113.7:80                                    11 ms", and a line with the hint.
std::string in_words(const Diagnosis& diagnosis, int width, bool colour);

// {"step":"tcp","state":"ok","detail":"203.0.113.7:80","time_ms":11.204}
std::string as_json(const Diagnosis& diagnosis);

}  // namespace wsf::wsclient
