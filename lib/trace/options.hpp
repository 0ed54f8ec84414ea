#pragma once
// What a tracer is told at start.

#include <string>
#include <vector>

namespace wsf::trace {

struct Header {
  std::string name{};
  std::string value{};

  bool operator==(const Header&) const = default;
};

struct Options {
  std::string url{};                // spans are posted to it as it stands; "": nothing is traced
  double sample = 0.01;             // of the traces that begin here
  std::vector<Header> headers{};    // of each post; may be secret
  std::string service{"wsfanout"};  // service.name of the resource

  bool on() const { return !url.empty(); }
};

}  // namespace wsf::trace
